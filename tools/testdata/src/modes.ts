import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readLines } from "./recordings.ts";
import type { RecordedEntry } from "./recordings.ts";
import type { TableFacts, TextRow } from "./truth.ts";

/** A recording of the same rows under some of the settings that decide the form of values. */
export interface ModeRecording {
  readonly name: string;
  /** The settings that differ from Debezium's defaults, by Debezium's names. */
  readonly settings: Readonly<Record<string, string>>;
  readonly entries: readonly RecordedEntry[];
}

const RECOMMENDED = {
  "decimal.handling.mode": "string",
  "interval.handling.mode": "string",
  "binary.handling.mode": "hex",
};

const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  recommended: {
    ...RECOMMENDED,
    "hstore.handling.mode": "map",
    "unavailable.value.placeholder": "<unver\u00e4ndert>",
  },
  defaults: {},
  "adaptive-time-microseconds": {
    ...RECOMMENDED,
    "hstore.handling.mode": "map",
    "time.precision.mode": "adaptive_time_microseconds",
  },
  connect: {
    ...RECOMMENDED,
    "decimal.handling.mode": "double",
    "binary.handling.mode": "base64",
    "hstore.handling.mode": "map",
    "time.precision.mode": "connect",
  },
  isostring: {
    ...RECOMMENDED,
    "binary.handling.mode": "base64-url-safe",
    "interval.handling.mode": "numeric",
    "time.precision.mode": "isostring",
  },
  microseconds: { ...RECOMMENDED, "hstore.handling.mode": "map", "time.precision.mode": "microseconds" },
  nanoseconds: {
    ...RECOMMENDED,
    "decimal.handling.mode": "precise",
    "binary.handling.mode": "bytes",
    "hstore.handling.mode": "map",
    "time.precision.mode": "nanoseconds",
  },
  vectors: RECOMMENDED,
};

/** Reads every recording of `debezium/modes`. */
export function readModeRecordings(): ModeRecording[] {
  return Object.entries(SETTINGS).map(([name, settings]) => ({
    name,
    settings,
    entries: readLines(`modes/${name}.jsonl`),
  }));
}

/** Returns the facts of the tables of `debezium/modes`, by name. All are in the schema `public`. */
export function modeTables(): Readonly<Record<string, TableFacts>> {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, "../debezium/modes/tables.json"), "utf8"));
}

/** Returns what PostgreSQL printed for each inserted row of `debezium/modes`, by `table id`. */
export function modeTruth(): ReadonlyMap<string, TextRow> {
  const lines = readLines<{ readonly table: string; readonly new: TextRow }>("modes/truth.jsonl");
  return new Map(lines.map((line) => [`${line.table} ${line.new["id"]}`, line.new]));
}
