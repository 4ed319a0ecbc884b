import type { Change, Entry } from "@etrap/batcher";
import type { OmittedColumns, Omissions } from "@etrap/proof";
import { parseCarrierEntry } from "./carrier-entry.ts";
import type { CarrierEntry } from "./carrier-entry.ts";
import { decodeImage, fieldsOf } from "./decode-image.ts";
import type { DecodedImage } from "./decode-image.ts";
import { integerOf, isObject, member, parseJson } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import { PoisonedEntry } from "./poison.ts";
import type { ConnectorSettings, TableDescription, TableDescriptions } from "./table-descriptions.ts";
import { parseTableDescriptions } from "./table-descriptions.ts";

/** What a decoder is told. */
export interface DecoderOptions {
  /** Names the database: of a change, given what the connector calls it; of a poison entry, given undefined. */
  readonly nameDatabase: (connectorsName: string | undefined) => string;
  /** What is known of tables besides their entries. */
  readonly tables?: TableDescriptions | undefined;
}

const OPERATIONS = { c: "INSERT", u: "UPDATE", d: "DELETE", r: "SNAPSHOT", t: "TRUNCATE" } as const;
const RUN = "__DEBEZIUM.CONTEXT.RUNID";
const OLD_KEY = "__DEBEZIUM.OLDKEY";

/**
 * Creates a decoder of Debezium messages as the Redis sink writes them: names and values in turn, in the formats `extended` and `compact`,
 * schemas on or off. It never throws and never guesses: a column that is not certain is left out and named in `omitted`, an entry that is
 * not understood is poison with a `PoisonReason`.
 */
export function createDecoder({
  nameDatabase,
  tables = parseTableDescriptions({}),
}: DecoderOptions): (fields: readonly Uint8Array[]) => Entry {
  return (fields) => {
    try {
      return decodeEntry(parseCarrierEntry(fields), nameDatabase, tables);
    } catch (error) {
      // A fault of ours must not stop the loop either: the entry is kept as it came.
      const reason = error instanceof PoisonedEntry ? error.reason : "DECODER_FAILED";
      return { kind: "poison", database: nameDatabase(undefined), reason };
    }
  };
}

function decodeEntry(
  entry: CarrierEntry,
  nameDatabase: DecoderOptions["nameDatabase"],
  tables: TableDescriptions,
): Entry {
  if (entry.value === undefined) return { kind: "skip", reason: "TOMBSTONE" };
  const { payload, node } = unwrap(parseJson(entry.value));
  if (!isObject(payload)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  const reason = skipReason(payload);
  if (reason !== undefined) return { kind: "skip", reason };

  const operation = operationOf(payload);
  const source = sourceOf(payload);
  const table = tables.tables.get(source.schema)?.get(source.table);
  const database = nameDatabase(source.database);
  const images = decodeImages({ entry, payload, node, operation, table, settings: tables.settings });
  return {
    kind: "change",
    ...source.facts,
    database,
    schema: source.schema,
    table: source.table,
    operation,
    ...timesOf(payload),
    run: runOf(entry),
    ...images,
  };
}

/** A message with its schema, if it has one. */
function unwrap(json: Json): { payload: Json; node: JsonObject | undefined } {
  if (!isObject(json) || Object.keys(json).length !== 2) return { payload: json, node: undefined };
  const [schema, payload] = [member(json, "schema"), member(json, "payload")];
  if (schema === undefined || payload === undefined) return { payload: json, node: undefined };
  if (isObject(schema) && typeof member(schema, "type") === "string") return { payload, node: schema };
  return schema === null ? { payload, node: undefined } : { payload: json, node: undefined };
}

/** Why a message carries no change, undefined when it may. Told by its shape, never by its stream's name. */
function skipReason(payload: JsonObject): string | undefined {
  if (member(payload, "op") === "m") return "MESSAGE";
  if (member(payload, "op") !== undefined) return undefined;
  const status = member(payload, "status");
  if ((status === "BEGIN" || status === "END") && typeof member(payload, "id") === "string") return "TRANSACTION";
  const names = Object.keys(payload);
  return names.length > 0 && names.every((name) => /^ts_(ms|us|ns)$/.test(name)) ? "HEARTBEAT" : undefined;
}

function operationOf(payload: JsonObject): Change["operation"] {
  const op = member(payload, "op");
  if (op === undefined) throw new PoisonedEntry("UNKNOWN_SHAPE");
  const operation =
    typeof op === "string" && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op as keyof typeof OPERATIONS] : undefined;
  if (operation === undefined) throw new PoisonedEntry("UNKNOWN_OPERATION");
  return operation;
}

interface Source {
  readonly database: string | undefined;
  readonly schema: string;
  readonly table: string;
  readonly facts: Pick<Change, "timestamp" | "lsn" | "txId">;
}

function sourceOf(payload: JsonObject): Source {
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
function timesOf(payload: JsonObject): Pick<Change, "capturedAt" | "txOrder"> {
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

function runOf({ headers }: CarrierEntry): string | null {
  const header = headers.get(RUN);
  return header === undefined ? null : (nonEmpty(unwrap(parseJson(header)).payload) ?? null);
}

interface Message {
  readonly entry: CarrierEntry;
  readonly payload: JsonObject;
  readonly node: JsonObject | undefined;
  readonly operation: Change["operation"];
  readonly table: TableDescription | undefined;
  readonly settings: ConnectorSettings;
}

function decodeImages(message: Message): Pick<Change, "key" | "before" | "after" | "omitted"> {
  const { entry, payload, node, operation, table, settings } = message;
  const isSnapshot = operation === "SNAPSHOT";
  const fields = fieldsOf(node);
  const [beforeRow, afterRow] = ["before", "after"].map((name) => rowOf(payload, name));
  if (afterRow === undefined && operation !== "DELETE" && operation !== "TRUNCATE")
    throw new PoisonedEntry("UNKNOWN_SHAPE");

  const key = decodeKey(entry, { table, settings, isSnapshot });
  const isMadeUp = key !== undefined && mayBeMadeUp(operation, table);
  const realColumns = isMadeUp ? new Set(Object.keys(key.image)) : undefined;
  const before =
    beforeRow && decodeImage(beforeRow, { node: fields?.get("before"), table, settings, isSnapshot, realColumns });
  const placeholders = mayHoldPlaceholders(entry, operation) ? { before: beforeRow } : undefined;
  const after =
    afterRow && decodeImage(afterRow, { node: fields?.get("after"), table, settings, isSnapshot, placeholders });
  return {
    key: key?.image ?? null,
    before: before?.image ?? null,
    after: after?.image ?? null,
    omitted: omissionsOf({ key, before, after }),
  };
}

/**
 * Whether Debezium may have made up the columns of the row before that are not in its key. A delete's are real with REPLICA IDENTITY FULL
 * alone. An update has a row before with FULL alone, so it is believed unless the table is described as another. (Without a key, PostgreSQL
 * refuses to publish either but with FULL.)
 */
function mayBeMadeUp(operation: Change["operation"], table: TableDescription | undefined): boolean {
  if (table?.identity === "full") return false;
  return operation === "DELETE" || (operation === "UPDATE" && table?.identity !== undefined);
}

/** An update may leave out a large value it did not touch; so may an insert that is half of a key change. `compact` does not tell those apart. */
function mayHoldPlaceholders({ format, headers }: CarrierEntry, operation: Change["operation"]): boolean {
  return operation === "UPDATE" || (operation === "INSERT" && (format === "compact" || headers.has(OLD_KEY)));
}

function decodeKey(
  entry: CarrierEntry,
  context: Pick<Message, "table" | "settings"> & { isSnapshot: boolean },
): DecodedImage | undefined {
  if (entry.key === undefined) return undefined;
  const { payload, node } = unwrap(parseJson(entry.key));
  if (payload === null) return undefined;
  if (!isObject(payload)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  return decodeImage(payload, { ...context, node });
}

function rowOf(payload: JsonObject, name: string): JsonObject | undefined {
  const row = member(payload, name);
  if (row === undefined || row === null) return undefined;
  if (!isObject(row)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  return row;
}

function omissionsOf(images: Readonly<Record<"key" | "before" | "after", DecodedImage | undefined>>): Omissions | null {
  const omissions: { key?: OmittedColumns; before?: OmittedColumns; after?: OmittedColumns } = {};
  for (const part of ["key", "before", "after"] as const) {
    const omitted = images[part]?.omitted;
    if (omitted !== undefined) omissions[part] = omitted;
  }
  return Object.keys(omissions).length === 0 ? null : omissions;
}

function digitsOf(json: Json | undefined): string | null {
  const digits = integerOf(json);
  return digits === undefined || digits.startsWith("-") ? null : digits;
}

function nonEmpty(json: Json | undefined): string | undefined {
  return typeof json === "string" && json !== "" ? json : undefined;
}
