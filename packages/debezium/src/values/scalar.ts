import { integerOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

/** Decodes a boolean. */
export function decodeBoolean(json: Json): Decoded {
  return typeof json === "boolean" ? json : MALFORMED;
}

/** Decodes an integer to its digits. */
export function decodeInteger(json: Json): Decoded {
  return integerOf(json) ?? MALFORMED;
}

/**
 * Decodes a string to itself. A lone surrogate has no UTF-8 form, so a string with one is
 * malformed.
 */
export function decodeText(json: Json): Decoded {
  return typeof json === "string" && json.isWellFormed() ? json : MALFORMED;
}
