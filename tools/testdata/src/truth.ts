import { readFileSync } from "node:fs";
import { readLines, tablesFile } from "./recordings.ts";

/** A row as PostgreSQL prints it: the text of each column. */
export type TextRow = Readonly<Record<string, string | null>>;

/** A change that must arrive, in the order of its table. */
export interface TrueChange {
  readonly operation: "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE";
  readonly key: readonly string[];
  readonly before: TextRow | null;
  readonly after: TextRow | null;
}

interface TruthLine {
  readonly at: "insert" | "update" | "delete" | "truncate" | "final";
  readonly schema: string;
  readonly table: string;
  readonly key: readonly string[];
  readonly old: TextRow | null;
  readonly new: TextRow | null;
}

/** The facts of a table, from `schema.sql`. */
export interface TableFacts {
  readonly replica_identity: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** Returns the facts of a table. */
export function tableFacts(schema: string, table: string): TableFacts {
  const file: { tables: Record<string, Record<string, TableFacts>> } = JSON.parse(readFileSync(tablesFile, "utf8"));
  return file.tables[schema]?.[table] ?? { replica_identity: "default", columns: {} };
}

/**
 * Returns every true change of a recording by `schema.table`, each table's in order. A change of a
 * key is two changes, since Debezium sends a delete and an insert.
 */
export function trueChanges(recording: string): Map<string, TrueChange[]> {
  const lines = readLines<TruthLine>(`${recording}.truth.jsonl`).filter(({ at }) => at !== "final");
  const changes = new Map<string, TrueChange[]>();
  for (const line of lines) {
    const table = `${line.schema}.${line.table}`;
    changes.set(table, [...(changes.get(table) ?? []), ...changesOf(line)]);
  }
  // The snapshot also reads a partitioned table under its own name.
  const leaves = ["public.parts_2024", "public.parts_2025"].flatMap((leaf) => changes.get(leaf)?.slice(0, 1) ?? []);
  return changes.set("public.parts", leaves);
}

function changesOf(line: TruthLine): TrueChange[] {
  const { at, table, new: after } = line;
  // The key that identifies a row of this table is a unique index, which the truth does not list.
  const key = table === "unique_only" ? ["email"] : line.key;
  if (at === "truncate") return [{ operation: "TRUNCATE", key, before: null, after: null }];
  // The truth leaves long texts that did not change out of the row before.
  const before = line.old && { ...after, ...line.old };
  if (at === "update" && key.some((column) => before?.[column] !== after?.[column])) {
    return [
      { operation: "DELETE", key, before, after: null },
      { operation: "INSERT", key, before: null, after },
    ];
  }
  const operation = at === "insert" ? "INSERT" : at === "delete" ? "DELETE" : "UPDATE";
  return [{ operation, key, before, after }];
}
