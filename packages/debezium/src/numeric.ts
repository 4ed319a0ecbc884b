import { lexemeOf } from "./json.ts";
import type { Json } from "./json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, SPOILT } from "./omission.ts";

const DECIMAL = /^-?\d+(\.\d+)?$/;
const SPECIAL: Readonly<Record<string, string>> = {
  NAN: "NaN",
  POSITIVE_INFINITY: "Infinity",
  NEGATIVE_INFINITY: "-Infinity",
};
/** PostgreSQL's largest scale. A negative one reaches us as 2048 less, with as many zeros. */
const MAX_SCALE = 1000;

/** A decimal that Debezium wrote as text (`decimal.handling.mode=string`). */
export function decodeDecimalText(text: string): Decoded {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text] ?? MALFORMED;
  return DECIMAL.test(text) ? text : MALFORMED;
}

/** A decimal as base64 of its unscaled value: big-endian, two's complement. */
export function decodeUnscaled(base64: string, scale: number): Decoded {
  const bytes = decodeBase64(base64);
  if (bytes === undefined || bytes.length === 0 || !Number.isSafeInteger(scale) || scale < 0) return MALFORMED;
  if (scale > MAX_SCALE * 16) return MALFORMED;
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A `numeric(p, s)` as text, unless its scale is the mark of a negative one, which Debezium spoils. */
export function refuseSpoiltScale(scale: number, decoded: Decoded): Decoded {
  return scale > MAX_SCALE ? SPOILT : decoded;
}

/** Bytes of padded or unpadded base64, in either alphabet; undefined for what is none. */
export function decodeBase64(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.length % 4 === 1) return undefined;
  return Buffer.from(text.replaceAll("-", "+").replaceAll("_", "/"), "base64");
}

const FLOAT_SPECIALS: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/** A double's one text: ECMAScript's, with the sign of zero kept. */
export function decodeFloat8(json: Json): Decoded {
  const lexeme = floatLexeme(json);
  if (lexeme === undefined || FLOAT_SPECIALS.has(lexeme)) return lexeme ?? MALFORMED;
  const value = Number(lexeme);
  return Number.isFinite(value) ? floatText(value) : MALFORMED;
}

/** The shortest text that reads back to the same float32, in ECMAScript's layout. */
export function decodeFloat4(json: Json): Decoded {
  const lexeme = floatLexeme(json);
  if (lexeme === undefined || FLOAT_SPECIALS.has(lexeme)) return lexeme ?? MALFORMED;
  const value = Math.fround(Number(lexeme));
  if (!Number.isFinite(value)) return MALFORMED;
  for (let digits = 1; digits <= 9; digits += 1) {
    const shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) return floatText(Object.is(value, -0) ? -0 : shortest);
  }
  return MALFORMED;
}

/** A JSON number as it was written, or the text of a value that JSON has no number for. */
function floatLexeme(json: Json): string | undefined {
  return typeof json === "string" && FLOAT_SPECIALS.has(json) ? json : lexemeOf(json);
}

function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
