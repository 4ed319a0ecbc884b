import { lexemeOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

/** Values that JSON has no number for. Debezium sends them as strings. */
const SPECIAL: ReadonlySet<Json> = new Set(["NaN", "Infinity", "-Infinity"]);

/**
 * Decodes a float8 to the shortest text that reads back to the same double, as ECMAScript writes
 * it. Negative zero keeps its sign.
 */
export function decodeFloat8(json: Json): Decoded {
  if (typeof json === "string") return SPECIAL.has(json) ? json : MALFORMED;
  const value = Number(lexemeOf(json) ?? Number.NaN);
  return Number.isFinite(value) ? floatText(value) : MALFORMED;
}

/**
 * Decodes a float4 to the shortest text that reads back to the same float32, in ECMAScript's
 * layout.
 */
export function decodeFloat4(json: Json): Decoded {
  if (typeof json === "string") return SPECIAL.has(json) ? json : MALFORMED;
  const value = Math.fround(Number(lexemeOf(json) ?? Number.NaN));
  if (!Number.isFinite(value)) return MALFORMED;
  for (let digits = 1; digits <= 9; digits += 1) {
    const shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) return floatText(Object.is(value, -0) ? -0 : shortest);
  }
  return MALFORMED;
}

function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
