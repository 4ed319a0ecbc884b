import type { Change } from "@etrap/batcher";
import { integerOf, isObject, member } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import { PoisonedEntry } from "./poison.ts";

const OPERATIONS = { c: "INSERT", u: "UPDATE", d: "DELETE", r: "SNAPSHOT", t: "TRUNCATE" } as const;

/** A message with its schema, if it has one. */
export function unwrap(json: Json): { payload: Json; node: JsonObject | undefined } {
  if (!isObject(json) || Object.keys(json).length !== 2) return { payload: json, node: undefined };
  const [schema, payload] = [member(json, "schema"), member(json, "payload")];
  if (schema === undefined || payload === undefined) return { payload: json, node: undefined };
  if (isObject(schema) && typeof member(schema, "type") === "string") return { payload, node: schema };
  return schema === null ? { payload, node: undefined } : { payload: json, node: undefined };
}

/** Why a message carries no change, undefined when it may. Told by its shape, never by its stream's name. */
export function skipReason(payload: JsonObject): string | undefined {
  if (member(payload, "op") === "m") return "MESSAGE";
  if (member(payload, "op") !== undefined) return undefined;
  const status = member(payload, "status");
  if ((status === "BEGIN" || status === "END") && typeof member(payload, "id") === "string") return "TRANSACTION";
  const names = Object.keys(payload);
  return names.length > 0 && names.every((name) => /^ts_(ms|us|ns)$/.test(name)) ? "HEARTBEAT" : undefined;
}

/** What happened. Throws PoisonedEntry: UNKNOWN_SHAPE or UNKNOWN_OPERATION. */
export function operationOf(payload: JsonObject): Change["operation"] {
  const op = member(payload, "op");
  if (op === undefined) throw new PoisonedEntry("UNKNOWN_SHAPE");
  const operation =
    typeof op === "string" && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op as keyof typeof OPERATIONS] : undefined;
  if (operation === undefined) throw new PoisonedEntry("UNKNOWN_OPERATION");
  return operation;
}

/** Where a change comes from. */
interface Source {
  readonly database: string | undefined;
  readonly schema: string;
  readonly table: string;
  readonly facts: Pick<Change, "timestamp" | "lsn" | "txId">;
}

/** The source block of a change. Throws PoisonedEntry: MISSING_SOURCE. */
export function sourceOf(payload: JsonObject): Source {
  const source = member(payload, "source");
  if (!isObject(source) || member(source, "connector") !== "postgresql") throw new PoisonedEntry("MISSING_SOURCE");
  const [database, schema, table] = ["db", "schema", "table"].map((name) => nonEmpty(member(source, name)));
  if (schema === undefined || table === undefined) throw new PoisonedEntry("MISSING_SOURCE");
  const timestamp = Number(integerOf(member(source, "ts_ms")) ?? Number.NaN);
  return {
    database,
    schema,
    table,
    facts: {
      timestamp: Number.isSafeInteger(timestamp) ? timestamp : null,
      lsn: digitsOf(member(source, "lsn")),
      txId: digitsOf(member(source, "txId")),
    },
  };
}

/** When the connector saw the change, to the nanosecond where it says so, and its number in its transaction. */
export function timesOf(payload: JsonObject): Pick<Change, "capturedAt" | "txOrder"> {
  const inUnit = (name: string, zeros: string): string | undefined => {
    const digits = digitsOf(member(payload, name));
    return digits === null ? undefined : digits + zeros;
  };
  const transaction = member(payload, "transaction");
  const order = Number(
    (isObject(transaction) ? integerOf(member(transaction, "total_order")) : undefined) ?? Number.NaN,
  );
  return {
    capturedAt: inUnit("ts_ns", "") ?? inUnit("ts_us", "000") ?? inUnit("ts_ms", "000000") ?? null,
    txOrder: Number.isSafeInteger(order) && order >= 0 ? order : null,
  };
}

function digitsOf(json: Json | undefined): string | null {
  const digits = integerOf(json);
  return digits === undefined || digits.startsWith("-") ? null : digits;
}

/** Text that says something. */
export function nonEmpty(json: Json | undefined): string | undefined {
  return typeof json === "string" && json !== "" ? json : undefined;
}
