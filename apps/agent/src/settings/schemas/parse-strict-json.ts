import { parseLosslessJson } from "@etrap/proof/json";

/**
 * Parses JSON. Throws SyntaxError, also where an object has two members of one name with different
 * values: `JSON.parse` would drop the first one without an error.
 */
export function parseStrictJson(text: string): unknown {
  return parseLosslessJson(text, { onDuplicate });
}

function onDuplicate(earlier: unknown, later: unknown): void {
  if (JSON.stringify(earlier) !== JSON.stringify(later)) throw new SyntaxError("expected each name once in an object");
}
