import { besideStreams } from "./discovery.ts";
import type { StreamSelection } from "./discovery.ts";

/** Matches one byte: that one, any, or with `*` any run of them. */
type Token = number | "?" | "*";

/**
 * Whether a stream's name may be in both selections: one that feeds two databases would be recorded twice, and committed by whichever is first.
 * Says yes where it cannot tell: a set in brackets counts as any byte.
 */
export function streamsMeet(first: StreamSelection, second: StreamSelection): boolean {
  const others = globsOf(second);
  return globsOf(first).some((glob) => others.some((other) => globsMeet(glob, other)));
}

function globsOf(selection: StreamSelection): Token[][] {
  const names = besideStreams(selection).map((name) => Array.from(Buffer.from(name)));
  return [tokensOf(selection.streamPattern), ...names];
}

/** A pattern byte by byte, as Redis matches. */
function tokensOf(pattern: string): Token[] {
  // Latin-1 has one character for each byte.
  const bytes = Buffer.from(pattern).toString("latin1");
  return Array.from(bytes.matchAll(/\*+|\?|\[(?:\\[^]|[^\]\\])*(?:\]|\\?$)|\\?([^])/g), ([text, plain]) => {
    if (plain !== undefined) return plain.charCodeAt(0);
    return text.startsWith("*") ? "*" : "?";
  });
}

/** Whether one name matches both: the rests from each pair of places on, from the ends to the beginnings. */
function globsMeet(first: readonly Token[], second: readonly Token[]): boolean {
  let after: boolean[] = [];
  for (let i = first.length; i >= 0; i -= 1) {
    const row: boolean[] = [];
    for (let j = second.length; j >= 0; j -= 1) {
      const [a, b] = [first[i], second[j]];
      if (a === undefined && b === undefined) row[j] = true;
      // A star ends here, or takes in what the other side has next.
      else if (a === "*" || b === "*") row[j] = after[j] === true || row[j + 1] === true;
      else row[j] = (a === b || a === "?" || b === "?") && after[j + 1] === true;
    }
    after = row;
  }
  return after[0] === true;
}
