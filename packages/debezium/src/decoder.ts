import type { Change, Entry } from "@etrap/batcher";
import type { OmittedColumns, Omissions } from "@etrap/proof";
import { parseCarrierEntry } from "./carrier-entry.ts";
import type { CarrierEntry } from "./carrier-entry.ts";
import { decodeImage, fieldsOf } from "./decode-image.ts";
import type { DecodedImage } from "./decode-image.ts";
import { nonEmpty, operationOf, skipReason, sourceOf, timesOf, unwrap } from "./envelope.ts";
import { isObject, member, parseJson } from "./json.ts";
import type { JsonObject } from "./json.ts";
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
