import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

/** Decodes a bytea that came as base64, to lower-case hex. */
export function decodeBase64Bytes(json: Json): Decoded {
  return bytesOf(json)?.toString("hex") ?? MALFORMED;
}

/** Decodes a bytea that came as hex (`binary.handling.mode=hex`), to lower-case hex. */
export function decodeHexBytes(json: Json): Decoded {
  return typeof json === "string" && json.length % 2 === 0 && /^[0-9a-f]*$/.test(json) ? json : MALFORMED;
}

/**
 * Decodes a bit string of known length, to its digits 0 and 1. Debezium sends a boolean for bit(1).
 * For any other length it sends base64 of little-endian bytes without the high zero bytes.
 */
export function decodeBits(json: Json, length: number): Decoded {
  if (length === 1 && typeof json === "boolean") return json;
  const bytes = bytesOf(json);
  if (bytes === undefined) return MALFORMED;
  const bits = Array.from(bytes.toReversed(), (byte) => byte.toString(2).padStart(8, "0"))
    .join("")
    .replace(/^0+/, "");
  return bits.length > length ? MALFORMED : bits.padStart(length, "0");
}

/**
 * Returns the bytes of base64 in either alphabet, with or without padding. Undefined for any other
 * value.
 */
export function bytesOf(json: Json): Buffer | undefined {
  if (typeof json !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(json) || json.length % 4 === 1) return undefined;
  return Buffer.from(json.replaceAll("-", "+").replaceAll("_", "/"), "base64");
}
