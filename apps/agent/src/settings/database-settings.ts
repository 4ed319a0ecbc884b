import type { Policy, TablePolicy } from "@etrap/batcher";
import type { Commitment, Rules } from "@etrap/proof";
import type { StreamSelection } from "@etrap/source-redis";
import * as v from "valibot";
import { policyMembers, tablePolicies } from "./policy-settings.ts";
import type { GivenPolicy, PerTable } from "./policy-settings.ts";
import { bytes } from "./schemas/bytes.ts";
import { flag } from "./schemas/flag.ts";
import { list } from "./schemas/list.ts";
import { retention } from "./schemas/retention.ts";
import { text } from "./schemas/text.ts";
import { optional, withDefault } from "./schemas/with-default.ts";

/** The settings of one database. */
export interface DatabaseSettings extends StreamSelection {
  /** Undefined for the name that Debezium gives. */
  readonly name: string | undefined;
  readonly tablesFile: string | undefined;
  /** The age at which committed entries are trimmed, or null for never. */
  readonly retentionMs: number | null;
  readonly policy: Policy;
  readonly tablePolicies: readonly TablePolicy[];
  readonly maxBufferBytes: number;
  /** The largest entry that is decoded, in bytes. */
  readonly maxEntryBytes: number;
  readonly commitment: Commitment;
  readonly proofIndex: boolean;
  readonly rules: Rules;
}

/** The same settings as they are given, by their names in a file. */
export interface GivenDatabase extends GivenPolicy, PerTable {
  readonly stream_pattern: string;
  readonly tables_file: string | undefined;
  readonly stream_retention: number | null;
  readonly max_memory_buffer: number;
  readonly max_entry_bytes: number;
  readonly commitment: Commitment;
  readonly store_proof_index: boolean;
  readonly included_tables: readonly string[] | undefined;
  readonly excluded_tables: readonly string[] | undefined;
  readonly included_operations: readonly string[] | undefined;
  readonly excluded_columns: readonly string[] | undefined;
}

/** The name of a database. The folder of its chains and its lease are named after it. */
export const databaseName: v.GenericSchema<string, string> = text("1 to 63 characters", /^.{1,63}$/u);

/** The poison of an entry is stored as hex, and batch-data.json has at most 256 MiB. */
const MOST_ENTRY_BYTES = 64 << 20;
/** A smaller number is most likely meant as megabytes and has lost its unit. */
const LEAST_BUFFER_BYTES = 1 << 20;
const bufferBytes = v.pipe(bytes, v.minValue(LEAST_BUFFER_BYTES, "expected at least 1MB"));
const entryBytes = v.pipe(
  bytes,
  v.minValue(LEAST_BUFFER_BYTES, "expected at least 1MB"),
  v.maxValue(MOST_ENTRY_BYTES, "expected at most 64MB"),
);
const streamPattern = text("a pattern such as etrap.public.*", /^[^.*?[]+\..+$/);
const commitment = v.picklist(["row", "fields"], "expected row or fields");

const schema = v.object({
  stream_pattern: withDefault(streamPattern, "Redis streams to read", "etrap.public.*"),
  tables_file: optional(text("a file", /./), "JSON file that describes tables: column types, replica identity"),
  stream_retention: withDefault(retention, "age at which committed entries are trimmed; 0: at once, off: never", "24h"),
  batch_size: withDefault(policyMembers.batch_size, "changes that fill a batch", "1000"),
  max_batch_bytes: withDefault(policyMembers.max_batch_bytes, "bytes that fill a batch, as received", "8MB"),
  batch_timeout: withDefault(
    policyMembers.batch_timeout,
    "seconds without a new change after which a batch closes",
    "60",
  ),
  min_batch_size: withDefault(
    policyMembers.min_batch_size,
    "changes that a batch needs to close by batch_timeout",
    "1",
  ),
  force_batch_after: withDefault(
    policyMembers.force_batch_after,
    "seconds after which a batch closes in any case",
    "300",
  ),
  force_immediate: optional(
    list,
    "tables whose changes never wait for a batch to fill, as globs: public.ledger (default: none)",
  ),
  table_policies: optional(
    tablePolicies,
    'batch settings that differ for some tables: {"public.log_*": {"batch_size": 5000}}',
  ),
  max_memory_buffer: withDefault(bufferBytes, "bytes held in memory; reading pauses above that", "100MB"),
  max_entry_bytes: withDefault(
    entryBytes,
    "bytes of the largest entry that is decoded; of a larger one, the head and the digest are recorded",
    "32MB",
  ),
  commitment: withDefault(
    commitment,
    "row: a proof shows whole rows; fields: a proof shows the columns you choose",
    "row",
  ),
  store_proof_index: withDefault(
    flag,
    "whether batch-data.json lists every inclusion proof; merkle-tree.json gives them too",
    "true",
  ),
  included_tables: optional(list, "tables to record, as globs: public.*,audit.account (default: all)"),
  excluded_tables: optional(list, "tables to leave out, as globs; wins over included_tables (default: none)"),
  included_operations: optional(
    list,
    "operations to record: INSERT, UPDATE, DELETE, SNAPSHOT, TRUNCATE (default: all)",
  ),
  excluded_columns: optional(
    list,
    "columns that are never stored or hashed, as globs: public.account.iban,*.iban (default: none)",
  ),
});

/** Parses the members of a database's settings. */
export const databaseSchema: v.GenericSchema<Readonly<Record<string, unknown>>, GivenDatabase> = schema;

/** Every setting of a database by its name in a file, with its text in `--help`. */
export const databaseMembers: ReadonlyMap<string, string> = new Map(
  Object.entries(schema.entries).map(([member, entry]) => [member, v.getDescription(entry) ?? ""]),
);
