import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../debezium");

/** One stream entry, exactly as Redis held it. */
export interface RecordedEntry {
  readonly stream: string;
  readonly id: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** The names of all recordings. */
export const recordingNames: readonly string[] = [
  "extended-schemas-off",
  "extended-schemas-on",
  "compact-schemas-on",
  "original-settings",
  "restart-duplicates",
  "restart-inside-transaction",
  "restart-inside-copy",
  "restart-inside-copy-lost",
  "redis-killed",
];

/** The path of the file that describes the tables of `schema.sql` and the connector's settings. */
export const tablesFile: string = resolve(FOLDER, "tables.json");

/** The path of a recording. */
export function recordingFile(name: string): string {
  return resolve(FOLDER, `${name}.jsonl`);
}

/** Reads the entries of a recording, sorted by stream and id. */
export function readRecording(name: string): RecordedEntry[] {
  return readLines(`${name}.jsonl`);
}

/** Reads the JSON lines of a file in the folder of recordings. */
export function readLines<T>(file: string): T[] {
  const lines = readFileSync(resolve(FOLDER, file), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line): T => JSON.parse(line));
}
