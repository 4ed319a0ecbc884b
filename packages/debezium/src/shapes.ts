import { integerOf, isObject, member } from "./json.ts";
import type { Json } from "./json.ts";
import { decodeBase64, decodeFloat8 } from "./numeric.ts";
import type { Decoded } from "./omission.ts";
import { LOSSY, MALFORMED, Omission } from "./omission.ts";
import type { Value } from "@etrap/proof";

/** Text as it is. */
export function unlessText(json: Json): Decoded {
  return typeof json === "string" && json.isWellFormed() ? json : MALFORMED;
}

/** Decodes text, and refuses anything else. */
export function textThen(json: Json, decode: (text: string) => Decoded): Decoded {
  return typeof json === "string" ? decode(json) : MALFORMED;
}

/** Decodes a whole number, and refuses anything else. */
export function integerThen(json: Json, decode: (integer: bigint) => Decoded): Decoded {
  const digits = integerOf(json);
  return digits === undefined ? MALFORMED : decode(BigInt(digits));
}

/** What Debezium makes of an array inside a text array: Java's name for it. */
const JAVA_ARRAY = /^\[+(?:L[\w.$]+;|[A-Z])@[0-9a-f]{1,8}$/;

/** An array of one dimension. One element that is not certain leaves the whole column out. */
export function decodeArray(json: Json, decode: (element: Json) => Decoded): Decoded {
  if (!Array.isArray(json)) return MALFORMED;
  const values: Value[] = [];
  for (const element of json) {
    if (typeof element === "string" && JAVA_ARRAY.test(element)) return LOSSY;
    const decoded = decode(element);
    if (decoded instanceof Omission) return decoded;
    values.push(decoded);
  }
  return values;
}

/** A bit string of known length: base64 of little-endian bytes, high zero bytes cut off. bit(1) comes as a boolean. */
export function decodeBits(json: Json, length: number): Decoded {
  if (length === 1 && typeof json === "boolean") return json;
  return textThen(json, (text) => {
    const bytes = decodeBase64(text);
    if (bytes === undefined) return MALFORMED;
    const bits = Array.from(bytes.toReversed(), (byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .replace(/^0+/, "");
    return bits.length > length ? MALFORMED : bits.padStart(length, "0");
  });
}

/** A point: `(x,y)`, each a double's one text. */
export function decodePoint(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  const [x, y] = ["x", "y"].map((name) => decodeFloat8(member(json, name) ?? null));
  return typeof x === "string" && typeof y === "string" ? `(${x},${y})` : MALFORMED;
}
