import type { Bug } from "./bugs.ts";

/**
 * Returns the text of a file with the bug in it. Throws where the bug's own text does not occur
 * exactly once, because the file was changed.
 */
export function plant({ what, file, from, to }: Bug, text: string): string {
  if (text.split(from).length !== 2) throw new Error(`${what}: expected its text once in ${file}`);
  return text.replace(from, () => to);
}
