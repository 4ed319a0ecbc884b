import { parse } from "lossless-json";

/** Parses JSON. Throws SyntaxError, also where one name stands twice in an object with two values: one would be lost without a word. */
export function parseStrictJson(text: string): unknown {
  return parse(text, null, { parseNumber: Number });
}
