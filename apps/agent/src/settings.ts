import { faultsOfRules } from "@etrap/batcher";
import type { Policy } from "@etrap/batcher";
import type { Commitment, Rules } from "@etrap/proof";
import * as v from "valibot";
import { AgentError } from "./agent-error.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the agent is told by its environment. */
export interface Settings {
  readonly organization: string;
  /** Undefined: what Debezium says. */
  readonly database: string | undefined;
  readonly storeDir: string;
  readonly tablesFile: string | undefined;
  readonly streamPattern: string;
  readonly consumerGroup: string;
  readonly consumerName: string;
  /** Null: streams are never trimmed. */
  readonly retentionMs: number | null;
  /** How long a dead agent keeps the others standing by. */
  readonly leaseMs: number;
  readonly policy: Policy;
  readonly commitment: Commitment;
  readonly rules: Rules;
  readonly redis: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly password: string | undefined;
  };
  readonly debug: boolean;
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const text = (message: string, pattern: RegExp) => v.pipe(v.string(), v.regex(pattern, `expected ${message}`));

const name = text("1 to 64 of A-Z a-z 0-9 . _ -", /^[A-Za-z0-9._-]{1,64}$/);

const wholeNumber = (least: number, most: number) => {
  const message = `expected a whole number from ${least} to ${most}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, message),
    v.transform(Number),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
};

const seconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}(\.\d{1,3})?$/, "expected a number of seconds, such as 60 or 0.5"),
  v.transform((value) => Math.round(Number(value) * 1000)),
);

const leaseLife = v.pipe(seconds, v.minValue(100, "expected at least 0.1 seconds"));

const retention = v.pipe(
  v.string(),
  v.regex(/^(off|0|\d{1,6}[smhd])$/, "expected a time such as 24h (s, m, h, d), 0 for at once, or off"),
  v.transform((value) => {
    if (value === "off") return null;
    const unit = (["s", "m", "h", "d"] as const).find((letter) => value.endsWith(letter));
    return unit === undefined ? 0 : Number.parseInt(value, 10) * UNIT_MS[unit];
  }),
);

/** Names between commas; a comma in a name is matched by `?`. */
const list = v.pipe(
  v.string(),
  v.transform((value) => value.split(",").map((each) => each.trim())),
);

const notBuiltYet = (instead: string) => v.optional(v.never(`not supported by this version (${instead}); unset it`));

const optional = <O>(schema: v.GenericSchema<string, O>, help: string) =>
  v.pipe(v.optional(schema), v.description(help));

const withDefault = <O>(schema: v.GenericSchema<string, O>, help: string, value: string) =>
  v.pipe(v.optional(schema, value), v.description(`${help} (default: ${value})`));

/** Every variable: its schema, with its line of `--help` as the description. */
const settingsSchema = v.object({
  ETRAP_ORG_ID: v.pipe(name, v.description("organisation, in every header (required)")),
  ETRAP_DATABASE: optional(
    text("1 to 63 characters", /^.{1,63}$/u),
    "name of the database (default: what Debezium says)",
  ),
  ETRAP_STORE_DIR: optional(text("a folder", /./), "folder that holds the record (default: etrap-{organisation})"),
  ETRAP_TABLES_FILE: optional(text("a file", /./), "JSON that describes tables: column types, replica identity"),
  ETRAP_STREAM_PATTERN: withDefault(
    text("a pattern such as etrap.public.*", /^[^.*?[]+\..+$/),
    "Redis streams to read",
    "etrap.public.*",
  ),
  ETRAP_CONSUMER_GROUP: withDefault(name, "consumer group that holds the committed position", "etrap-cdc-agent"),
  ETRAP_CONSUMER_NAME: withDefault(name, "consumer in the group", "agent-1"),
  ETRAP_STREAM_RETENTION: withDefault(retention, "age at which committed entries are trimmed: 24h, 0 or off", "24h"),
  ETRAP_LEASE: withDefault(leaseLife, "seconds that a dead agent keeps the others standing by", "15"),
  ETRAP_BATCH_SIZE: withDefault(wholeNumber(1, 100_000), "changes that fill a batch", "1000"),
  ETRAP_MAX_BATCH_BYTES: withDefault(wholeNumber(1, 32 << 20), "bytes that fill a batch, as received", "8388608"),
  ETRAP_BATCH_TIMEOUT: withDefault(seconds, "seconds of quiet after which a batch closes", "60"),
  ETRAP_MIN_BATCH_SIZE: withDefault(wholeNumber(1, 100_000), "changes below which quiet does not close a batch", "1"),
  ETRAP_FORCE_BATCH_AFTER: withDefault(seconds, "seconds that no change waits longer than", "300"),
  ETRAP_COMMITMENT: withDefault(
    v.picklist(["row", "fields"], "expected row or fields"),
    "row: a proof shows a row whole; fields: column by column, as chosen",
    "row",
  ),
  ETRAP_INCLUDED_TABLES: optional(list, "tables to record, as globs: public.*,audit.account (default: all)"),
  ETRAP_EXCLUDED_TABLES: optional(list, "tables to leave out, as globs; outdoes the included ones (default: none)"),
  ETRAP_INCLUDED_OPERATIONS: optional(
    list,
    "operations to record: INSERT, UPDATE, DELETE, SNAPSHOT, TRUNCATE (default: all)",
  ),
  ETRAP_EXCLUDED_COLUMNS: optional(list, "columns never to store or hash, as globs: public.account.iban,*.iban"),
  ETRAP_DEBUG: withDefault(
    v.picklist(["true", "false"], "expected true or false"),
    "true: report every event",
    "false",
  ),
  REDIS_HOST: withDefault(text("a host", /^\S+$/), "Redis host", "localhost"),
  REDIS_PORT: withDefault(wholeNumber(1, 65_535), "Redis port", "6379"),
  REDIS_DB: withDefault(wholeNumber(0, 1_000_000), "Redis database index", "0"),
  REDIS_PASSWORD: optional(v.string(), "Redis password"),
  ETRAP_S3_BUCKET: notBuiltYet("batches are stored in the folder ETRAP_STORE_DIR"),
  NEAR_ACCOUNT_ID: notBuiltYet("batches are stored and not anchored"),
  NEAR_PRIVATE_KEY: notBuiltYet("batches are stored and not anchored"),
  NEAR_NETWORK: notBuiltYet("batches are stored and not anchored"),
});

/** Reads settings from environment variables. Throws BAD_SETTINGS, which names every fault at once and never a value. */
export function parseSettings(environment: Environment): Settings {
  // An unset variable and an empty one are the same to a shell. REDIS_ and NEAR_ belong to others too: only an unknown ETRAP_ is a mistake.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const unknown = Object.keys(given).filter(
    (variable) => variable.startsWith("ETRAP_") && !Object.hasOwn(settingsSchema.entries, variable),
  );
  const result = v.safeParse(settingsSchema, given);
  const faults = [
    ...unknown.map((variable) => `${variable}: unknown; see etrap run --help`),
    ...(result.success ? faultsBetween(result.output) : result.issues.map(faultOf)),
  ];
  if (result.success && faults.length === 0) return settingsOf(result.output);
  throw new AgentError("BAD_SETTINGS", ["the settings are not right:", ...faults].join("\n  "));
}

/** The lines of `--help` that name every variable. */
export function describeVariables(): string {
  const lines = Object.entries(settingsSchema.entries).flatMap(([variable, schema]) => {
    const help = v.getDescription(schema);
    return help === undefined ? [] : [`  ${variable.padEnd(24)} ${help}`];
  });
  return `\nEnvironment:\n${lines.join("\n")}\n`;
}

type Given = v.InferOutput<typeof settingsSchema>;

function faultOf(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue) ?? "settings";
  return `${variable}: ${issue.received === "undefined" ? "missing" : issue.message}`;
}

function faultsBetween(given: Given): string[] {
  const isTooLarge = given.ETRAP_MIN_BATCH_SIZE > given.ETRAP_BATCH_SIZE;
  return [
    ...(isTooLarge ? ["ETRAP_MIN_BATCH_SIZE: expected at most ETRAP_BATCH_SIZE"] : []),
    ...faultsOfRules(rulesOf(given)).map(
      ({ member, expected }) => `ETRAP_${member.toUpperCase()}: expected ${expected}`,
    ),
  ];
}

function rulesOf(given: Given): Rules {
  return {
    included_tables: given.ETRAP_INCLUDED_TABLES ?? null,
    excluded_tables: given.ETRAP_EXCLUDED_TABLES ?? [],
    included_operations: given.ETRAP_INCLUDED_OPERATIONS ?? null,
    excluded_columns: given.ETRAP_EXCLUDED_COLUMNS ?? [],
  };
}

function settingsOf(given: Given): Settings {
  return {
    organization: given.ETRAP_ORG_ID,
    database: given.ETRAP_DATABASE,
    storeDir: given.ETRAP_STORE_DIR ?? `etrap-${given.ETRAP_ORG_ID}`,
    tablesFile: given.ETRAP_TABLES_FILE,
    streamPattern: given.ETRAP_STREAM_PATTERN,
    consumerGroup: given.ETRAP_CONSUMER_GROUP,
    consumerName: given.ETRAP_CONSUMER_NAME,
    retentionMs: given.ETRAP_STREAM_RETENTION,
    leaseMs: given.ETRAP_LEASE,
    policy: {
      batchSize: given.ETRAP_BATCH_SIZE,
      maxBatchBytes: given.ETRAP_MAX_BATCH_BYTES,
      batchTimeoutMs: given.ETRAP_BATCH_TIMEOUT,
      minBatchSize: given.ETRAP_MIN_BATCH_SIZE,
      forceBatchAfterMs: given.ETRAP_FORCE_BATCH_AFTER,
    },
    commitment: given.ETRAP_COMMITMENT,
    rules: rulesOf(given),
    redis: { host: given.REDIS_HOST, port: given.REDIS_PORT, db: given.REDIS_DB, password: given.REDIS_PASSWORD },
    debug: given.ETRAP_DEBUG === "true",
  };
}
