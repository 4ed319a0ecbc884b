import { prefixStreams } from "./discover-streams.ts";
import type { StreamSelection } from "./discover-streams.ts";

/** A part of a pattern: one certain byte, any byte (`?`), or any run of bytes (`*`). */
type Token = number | "?" | "*";

/**
 * Whether two selections may share a stream. A shared stream would be recorded twice, and committed
 * by whichever source is first. A set in brackets counts as any byte, so the answer may be true
 * where no name is shared, but never false where one is.
 */
export function patternsOverlap(first: StreamSelection, second: StreamSelection): boolean {
  const others = globsOf(second);
  return globsOf(first).some((glob) => others.some((other) => globsOverlap(glob, other)));
}

function globsOf(selection: StreamSelection): Token[][] {
  const names = prefixStreams(selection).map((name) => Array.from(Buffer.from(name)));
  return [tokensOf(selection.streamPattern), ...names];
}

/** Returns the tokens of a pattern. Redis matches byte by byte. */
function tokensOf(pattern: string): Token[] {
  // Latin-1 has one character for each byte.
  const bytes = Buffer.from(pattern).toString("latin1");
  return Array.from(bytes.matchAll(/\*+|\?|\[(?:\\[^]|[^\]\\])*(?:\]|\\?$)|\\?([^])/g), ([text, plain]) => {
    if (plain !== undefined) return plain.charCodeAt(0);
    return text.startsWith("*") ? "*" : "?";
  });
}

/**
 * Whether one name matches both patterns. `row[j]` tells whether the rest of `first` from `i` and
 * the rest of `second` from `j` match a common text. The rows are computed from the ends to the
 * beginnings.
 */
function globsOverlap(first: readonly Token[], second: readonly Token[]): boolean {
  let after: boolean[] = [];
  for (let i = first.length; i >= 0; i -= 1) {
    const row: boolean[] = [];
    for (let j = second.length; j >= 0; j -= 1) {
      const [a, b] = [first[i], second[j]];
      if (a === undefined && b === undefined) row[j] = true;
      // The star ends here, or it takes in the next token of the other pattern.
      else if (a === "*" || b === "*") row[j] = after[j] === true || row[j + 1] === true;
      else row[j] = (a === b || a === "?" || b === "?") && after[j + 1] === true;
    }
    after = row;
  }
  return after[0] === true;
}
