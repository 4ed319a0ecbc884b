import { parseLosslessJson } from "./parse-lossless-json.ts";

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Parses JSON as `JSON.parse` does, and gives every member its own name. V8 13.6 to 14.6 (Node 24
 * and 26) may give a member whose name has an escape the name of a member of an earlier text:
 * https://github.com/nodejs/node/issues/63785. A text with such a name is therefore parsed by
 * `parseLosslessJson`. Throws SyntaxError, and RangeError where `parseLosslessJson` does.
 */
export function parseJson(text: string): unknown {
  return hasEscapedName(text) ? parseLosslessJson(text) : JSON.parse(text);
}

/**
 * Whether the name of a member has an escape. Requires JSON: for another text the answer means
 * nothing, and both parsers refuse it. Only strings with an escape are looked at, so the cost for
 * most texts is that of one search for a backslash.
 */
export function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at)) {
    at = endOfString(text, at);
    while (WHITE_SPACE.has(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === COLON) return true;
  }
  return false;
}

/** Returns the index after the string that `at` is inside. */
function endOfString(text: string, at: number): number {
  let end = at;
  for (let code = text.charCodeAt(end); code !== QUOTE && end < text.length; code = text.charCodeAt(end)) {
    end += code === BACKSLASH ? 2 : 1;
  }
  return end + 1;
}
