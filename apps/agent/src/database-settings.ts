import { faultsOfRules } from "@etrap/batcher";
import type { Policy, TablePolicy } from "@etrap/batcher";
import type { Commitment, Rules } from "@etrap/proof";
import type { StreamSelection } from "@etrap/source-redis";
import * as v from "valibot";
import { faultsOfPolicies, policyMembers, policyOf, tablePolicies, tablePoliciesOf } from "./policy-settings.ts";
import { bytes, flag, list, optional, retention, text, withDefault } from "./setting-schemas.ts";

/** What the agent is told of one database. */
export interface DatabaseSettings extends StreamSelection {
  /** Undefined: what Debezium says. */
  readonly name: string | undefined;
  readonly tablesFile: string | undefined;
  /** Null: streams are never trimmed. */
  readonly retentionMs: number | null;
  readonly policy: Policy;
  readonly tablePolicies: readonly TablePolicy[];
  readonly maxBufferBytes: number;
  readonly commitment: Commitment;
  readonly proofIndex: boolean;
  readonly rules: Rules;
}

/** A database's name: what its folder and its lease are called after. */
export const databaseName: v.GenericSchema<string, string> = text("1 to 63 characters", /^.{1,63}$/u);

const MIB = 1 << 20;

const schema = v.object({
  stream_pattern: withDefault(
    text("a pattern such as etrap.public.*", /^[^.*?[]+\..+$/),
    "Redis streams to read",
    "etrap.public.*",
  ),
  tables_file: optional(text("a file", /./), "JSON that describes tables: column types, replica identity"),
  stream_retention: withDefault(retention, "age at which committed entries are trimmed: 24h, 0 or off", "24h"),
  batch_size: withDefault(policyMembers.batch_size, "changes that fill a batch", "1000"),
  max_batch_bytes: withDefault(policyMembers.max_batch_bytes, "bytes that fill a batch, as received", "8MB"),
  batch_timeout: withDefault(policyMembers.batch_timeout, "seconds of quiet after which a batch closes", "60"),
  min_batch_size: withDefault(policyMembers.min_batch_size, "changes below which quiet does not close a batch", "1"),
  force_batch_after: withDefault(policyMembers.force_batch_after, "seconds that no change waits longer than", "300"),
  force_immediate: optional(list, "tables whose every change goes at once, as globs: public.ledger (default: none)"),
  table_policies: optional(tablePolicies, 'what differs for tables: {"public.log_*": {"batch_size": 5000}}'),
  max_memory_buffer: withDefault(
    bytes(MIB, Number.MAX_SAFE_INTEGER, "at least 1MB"),
    "bytes held; reading pauses beyond",
    "100MB",
  ),
  commitment: withDefault(
    v.picklist(["row", "fields"], "expected row or fields"),
    "row: a proof shows a row whole; fields: column by column, as chosen",
    "row",
  ),
  store_proof_index: withDefault(
    flag,
    "whether batch-data.json lists every proof; merkle-tree.json gives them too",
    "true",
  ),
  included_tables: optional(list, "tables to record, as globs: public.*,audit.account (default: all)"),
  excluded_tables: optional(list, "tables to leave out, as globs; outdoes the included ones (default: none)"),
  included_operations: optional(
    list,
    "operations to record: INSERT, UPDATE, DELETE, SNAPSHOT, TRUNCATE (default: all)",
  ),
  excluded_columns: optional(list, "columns never to store or hash, as globs: public.account.iban,*.iban"),
});

/** Every setting of a database, by the name it has in a file, with its line of `--help`. */
export const databaseMembers: ReadonlyMap<string, string> = new Map(
  Object.entries(schema.entries).map(([member, entry]) => [member, v.getDescription(entry) ?? ""]),
);

/** What is given for one database. */
export interface DatabaseInput {
  readonly name: string | undefined;
  /** Settings by member. */
  readonly members: Readonly<Record<string, unknown>>;
  /** What a fault calls a member: where it was given. */
  readonly nameOf: (member: string) => string;
}

/** The settings of one database, or all their faults, which hold no value. */
export type ParsedDatabase =
  | { readonly settings: DatabaseSettings; readonly faults: readonly [] }
  | { readonly settings?: undefined; readonly faults: readonly string[] };

/** Reads the settings of one database. */
export function parseDatabase({ name, members, nameOf }: DatabaseInput): ParsedDatabase {
  const result = v.safeParse(schema, members);
  if (!result.success) return { faults: result.issues.map((issue) => faultOf(issue, nameOf)) };
  const rules = rulesOf(result.output);
  const faults = [
    ...faultsOfPolicies(result.output, nameOf),
    ...faultsOfRules(rules).map(({ member, expected }) => `${nameOf(member)}: expected ${expected}`),
  ];
  return faults.length > 0 ? { faults } : { settings: settingsOf(name, result.output, rules), faults: [] };
}

type Given = v.InferOutput<typeof schema>;

function faultOf(issue: v.BaseIssue<unknown>, nameOf: DatabaseInput["nameOf"]): string {
  const [member = "", ...rest] = (issue.path ?? []).map(({ key }) => String(key));
  return `${[nameOf(member), ...rest].join(".")}: ${issue.message}`;
}

function rulesOf(given: Given): Rules {
  return {
    included_tables: given.included_tables ?? null,
    excluded_tables: given.excluded_tables ?? [],
    included_operations: given.included_operations ?? null,
    excluded_columns: given.excluded_columns ?? [],
  };
}

function settingsOf(name: string | undefined, given: Given, rules: Rules): DatabaseSettings {
  return {
    name,
    streamPattern: given.stream_pattern,
    tablesFile: given.tables_file,
    retentionMs: given.stream_retention,
    policy: policyOf(given),
    tablePolicies: tablePoliciesOf(given, given),
    maxBufferBytes: given.max_memory_buffer,
    commitment: given.commitment,
    proofIndex: given.store_proof_index,
    rules,
  };
}
