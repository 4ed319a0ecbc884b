import type { Change } from "@etrap/batcher";
import { isObject, member, nonEmptyText, nonNegativeOf, safeIntegerOf } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { PoisonedEntry } from "./poison.ts";

/** The origin of a change: its table, and its place in the database's log. */
interface Source {
  /** The connector's name for the database. Undefined if the message does not give it. */
  readonly connectorsDatabase: string | undefined;
  readonly schema: string;
  readonly table: string;
  readonly facts: Pick<Change, "timestamp" | "lsn" | "txId">;
}

/** Reads the source block of a change. Throws PoisonedEntry with MISSING_SOURCE. */
export function parseSource(payload: JsonObject): Source {
  const source = member(payload, "source");
  if (!isObject(source) || member(source, "connector") !== "postgresql") throw new PoisonedEntry("MISSING_SOURCE");
  const [connectorsDatabase, schema, table] = ["db", "schema", "table"].map((name) =>
    nonEmptyText(member(source, name)),
  );
  if (schema === undefined || table === undefined) throw new PoisonedEntry("MISSING_SOURCE");
  return {
    connectorsDatabase,
    schema,
    table,
    facts: {
      timestamp: safeIntegerOf(member(source, "ts_ms")) ?? null,
      lsn: nonNegativeOf(member(source, "lsn")),
      txId: nonNegativeOf(member(source, "txId")),
    },
  };
}
