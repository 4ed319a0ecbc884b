import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { BlockLine, GenesisLine, RecordedChain } from "./journal-lines.ts";
import { parseLines } from "./journal-lines.ts";

/** The journal of a chain: a line for its beginning and one for every block. */
export interface Journal {
  /** What stood in the journal when it was opened, or undefined if it was new. */
  readonly recorded: RecordedChain | undefined;
  /** Returns once the line is on the disk. */
  readonly append: (line: GenesisLine | BlockLine) => void;
  readonly close: () => void;
}

/** The name of the journal in its folder. */
const FILE = "chain.jsonl";

/**
 * Opens the journal in `folder`, which is made if it is missing. A last line without an end, which
 * a crash leaves, is removed. Throws `LocalnetError` for a journal that is damaged elsewhere.
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = bytes.lastIndexOf("\n") + 1;
  const lines = bytes.subarray(0, whole).toString().split("\n").slice(0, -1);
  const recorded = parseLines(lines, path);
  const file = openSync(path, "a");
  ftruncateSync(file, whole);
  return {
    recorded,
    append: (line) => {
      writeSync(file, `${JSON.stringify(line)}\n`);
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}
