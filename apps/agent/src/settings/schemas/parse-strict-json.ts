import { parse } from "lossless-json";

/**
 * Parses JSON. Throws SyntaxError, also where an object has two members of one name with different
 * values: `JSON.parse` would drop the first one without an error.
 */
export function parseStrictJson(text: string): unknown {
  return parse(text, null, { parseNumber: Number });
}
