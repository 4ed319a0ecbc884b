import type { Bug } from "./bugs.ts";

/**
 * Returns a file's text with the bug in it. Throws where the bug's own text does not stand in it
 * exactly once, because the file was changed since.
 */
export function plant({ what, file, from, to }: Bug, text: string): string {
  if (text.split(from).length !== 2) throw new Error(`${what}: expected its text once in ${file}`);
  return text.replace(from, () => to);
}
