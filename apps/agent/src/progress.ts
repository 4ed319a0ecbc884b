import type { WriteStream } from "node:tty";

/** The shortest time between two texts, in milliseconds. */
const LEAST_MS = 100;

/** Deletes the line that the cursor is in, and goes to its beginning. */
const CLEAR_LINE = "\u001B[2K\r";

/**
 * Creates a function that shows a text in place of the one before, in the last line of a terminal.
 * An empty text removes it. Other outputs are left alone.
 */
export function createProgress(stream: Pick<WriteStream, "write" | "isTTY">): (text: string) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (!stream.isTTY || (text !== "" && performance.now() - shownAt < LEAST_MS)) return;
    shownAt = text === "" ? Number.NEGATIVE_INFINITY : performance.now();
    stream.write(CLEAR_LINE + text);
  };
}
