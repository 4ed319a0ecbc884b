import { isObject, member, safeIntegerOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { bytesOf } from "./bytes.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";

const DECIMAL = /^-?\d+(\.\d+)?$/;
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ["NAN", "NaN"],
  ["POSITIVE_INFINITY", "Infinity"],
  ["NEGATIVE_INFINITY", "-Infinity"],
]);
/** The largest scale that PostgreSQL lets a column declare. */
const MAX_DECLARED_SCALE = 1000;
/** The largest scale that is decoded. It limits the memory that one hostile value can take. */
const MAX_SCALE = 16_000;

/**
 * Decodes a numeric that Debezium wrote as text (`decimal.handling.mode=string`). With a declared
 * scale below 0, such text ends in about two thousand zeros and is out of range.
 */
export function decodeDecimalText(json: Json, declaredScale = 0): Decoded {
  if (declaredScale < 0) return OUT_OF_RANGE;
  return typeof json === "string" ? decimalText(json) : MALFORMED;
}

/**
 * Decodes a numeric with a declared scale, from base64 of its unscaled value. Debezium sends a
 * declared scale of −s as 2048 − s, and another value with it.
 */
export function decodeFixedScale(json: Json, scale: number): Decoded {
  return typeof json === "string" && scale > MAX_DECLARED_SCALE ? OUT_OF_RANGE : decodeUnscaled(json, scale);
}

/** Decodes a numeric without a declared scale, from `{scale, value}`. */
export function decodeVariableScale(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  return decodeUnscaled(member(json, "value") ?? null, safeIntegerOf(member(json, "scale")) ?? Number.NaN);
}

/** Decodes base64 of an unscaled value: big-endian bytes in two's complement. */
export function decodeUnscaled(json: Json, scale: number): Decoded {
  const bytes = bytesOf(json);
  if (bytes === undefined || bytes.length === 0 || !Number.isSafeInteger(scale) || scale < 0) return MALFORMED;
  if (scale > MAX_SCALE) return MALFORMED;
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Returns the canonical text of a decimal that Debezium wrote in digits. */
export function decimalText(text: string): Decoded {
  return SPECIAL.get(text) ?? (DECIMAL.test(text) ? text : MALFORMED);
}
