import type { Entry } from "@etrap/batcher";
import { decodeImages } from "./images/decode-images.ts";
import { createPlaceholderTest } from "./images/toast-placeholder.ts";
import type { IsPlaceholder } from "./images/toast-placeholder.ts";
import { parseCarrierEntry } from "./message/carrier-entry.ts";
import type { CarrierEntry } from "./message/carrier-entry.ts";
import { capturedAtOf, parseOperation, skipReason, txOrderOf, unwrap } from "./message/envelope.ts";
import { isObject, nonEmptyText, parseJson } from "./message/json.ts";
import { PoisonedEntry } from "./message/poison.ts";
import { parseSource } from "./message/source.ts";
import { parseTableDescriptions } from "./tables/table-descriptions.ts";
import type { TableDescriptions } from "./tables/table-descriptions.ts";

/** Options of `createDecoder`. */
export interface DecoderOptions {
  /**
   * Returns the name of the database. `connectorsName` is the connector's name for it. It is
   * undefined for a poison entry, and for a change whose message does not give it.
   */
  readonly nameDatabase: (connectorsName: string | undefined) => string;
  /** Descriptions of tables. Default: none, and Debezium's default settings. */
  readonly tables?: TableDescriptions | undefined;
  /**
   * The largest entry that is decoded, in bytes: the sum of its names and values. A larger one
   * becomes poison with ENTRY_TOO_LARGE. Decoding and sealing an entry takes several times its size
   * in memory. Default: 32 MiB.
   */
  readonly maxEntryBytes?: number | undefined;
}

const MAX_ENTRY_BYTES = 32 << 20;

const RUN_ID = "__DEBEZIUM.CONTEXT.RUNID";

/**
 * Creates a decoder of Debezium messages as the Redis sink writes them: the names and values of an
 * entry in turn, in the format `extended` or `compact`, with schemas on or off. The decoder never
 * throws and never guesses. A column whose value is not certain is left out and named in `omitted`.
 * An entry that cannot be decoded becomes poison, with a code as its reason.
 */
export function createDecoder({
  nameDatabase,
  tables = parseTableDescriptions({}),
  maxEntryBytes = MAX_ENTRY_BYTES,
}: DecoderOptions): (fields: readonly Uint8Array[]) => Entry {
  const context = { nameDatabase, tables, isPlaceholder: createPlaceholderTest(tables.settings.placeholder) };
  return (fields) => {
    try {
      return decodeEntry(parseCarrierEntry(fields, maxEntryBytes), context);
    } catch (error) {
      // A bug of the decoder must not stop the reading either: the entry is recorded as it came.
      const reason = error instanceof PoisonedEntry ? error.reason : "DECODER_FAILED";
      return { kind: "poison", database: nameDatabase(undefined), reason };
    }
  };
}

/** Facts that hold for every entry. */
interface DecoderContext extends Pick<DecoderOptions, "nameDatabase"> {
  readonly tables: TableDescriptions;
  readonly isPlaceholder: IsPlaceholder;
}

function decodeEntry(entry: CarrierEntry, { nameDatabase, tables, isPlaceholder }: DecoderContext): Entry {
  if (entry.value === undefined) return { kind: "skip", reason: "TOMBSTONE" };
  const { payload, node } = unwrap(parseJson(entry.value));
  if (!isObject(payload)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  const reason = skipReason(payload);
  if (reason !== undefined) return { kind: "skip", reason };

  const operation = parseOperation(payload);
  const { connectorsDatabase, schema, table, facts } = parseSource(payload);
  const database = nameDatabase(connectorsDatabase);
  const description = tables.tables.get(schema)?.get(table);
  const { settings } = tables;
  const images = decodeImages({ entry, payload, node, operation, table: description, settings, isPlaceholder });
  return {
    kind: "change",
    ...facts,
    database,
    schema,
    table,
    operation,
    capturedAt: capturedAtOf(payload),
    txOrder: txOrderOf(payload),
    run: runOf(entry),
    ...images,
  };
}

/** Returns the connector's run from the entry's headers, or null if they do not give it. */
function runOf({ headers }: CarrierEntry): string | null {
  const header = headers.get(RUN_ID);
  return header === undefined ? null : (nonEmptyText(unwrap(parseJson(header)).payload) ?? null);
}
