import { readFileSync } from "node:fs";
import * as v from "valibot";
import { AgentError } from "./agent-error.ts";
import { databaseMembers, databaseName, parseDatabase } from "./database-settings.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { parseDatabases } from "./parse-databases.ts";
import type { ParsedDatabases } from "./parse-databases.ts";
import { flag, name, optional, seconds, text, wholeNumber, withDefault } from "./setting-schemas.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the agent is told by its environment. */
export interface Settings {
  readonly organization: string;
  readonly storeDir: string;
  readonly consumerGroup: string;
  readonly consumerName: string;
  /** How long a dead agent keeps the others standing by. */
  readonly leaseMs: number;
  /** How long the end may take to store what is held. */
  readonly drainMs: number;
  /** At least one. */
  readonly databases: readonly DatabaseSettings[];
  /** The file that names the databases; undefined where the environment describes the only one. */
  readonly databasesFile: string | undefined;
  readonly redis: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly password: string | undefined;
  };
  readonly debug: boolean;
}

/** The longest that a timer of the platform waits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const leaseLife = v.pipe(seconds, v.minValue(100, "expected at least 0.1 seconds"));
const drainTime = v.pipe(seconds, v.maxValue(LONGEST_TIMER_MS, "expected at most 2147483 seconds"));

const notBuiltYet = (instead: string) => v.optional(v.never(`not supported by this version (${instead}); unset it`));

/** Every variable of the whole process: its schema, with its line of `--help` as the description. */
const schema = v.object({
  ETRAP_ORG_ID: v.pipe(name, v.description("organisation, in every header (required)")),
  ETRAP_STORE_DIR: optional(text("a folder", /./), "folder that holds the record (default: etrap-{organisation})"),
  ETRAP_DATABASE: optional(databaseName, "name of the database (default: what Debezium says)"),
  ETRAP_DATABASES_FILE: optional(
    text("a file", /./),
    "JSON that names several databases, each with settings of its own",
  ),
  ETRAP_CONSUMER_GROUP: withDefault(name, "consumer group that holds the committed position", "etrap-cdc-agent"),
  ETRAP_CONSUMER_NAME: withDefault(name, "consumer in the group", "agent-1"),
  ETRAP_LEASE: withDefault(leaseLife, "seconds that a dead agent keeps the others standing by", "15"),
  ETRAP_DRAIN_TIMEOUT: withDefault(drainTime, "seconds that the end may take to store what was taken in", "30"),
  ETRAP_DEBUG: withDefault(flag, "true: report every event", "false"),
  REDIS_HOST: withDefault(text("a host", /^\S+$/), "Redis host", "localhost"),
  REDIS_PORT: withDefault(wholeNumber(1, 65_535), "Redis port", "6379"),
  REDIS_DB: withDefault(wholeNumber(0, 1_000_000), "Redis database index", "0"),
  REDIS_PASSWORD: optional(v.string(), "Redis password"),
  ETRAP_S3_BUCKET: notBuiltYet("batches are stored in the folder ETRAP_STORE_DIR"),
  NEAR_ACCOUNT_ID: notBuiltYet("batches are stored and not anchored"),
  NEAR_PRIVATE_KEY: notBuiltYet("batches are stored and not anchored"),
  NEAR_NETWORK: notBuiltYet("batches are stored and not anchored"),
});

/**
 * Reads settings from environment variables, and from the file of databases that they may name. Throws BAD_SETTINGS, which names every fault
 * at once and never a value.
 */
export function parseSettings(environment: Environment, readText: (file: string) => string = readUtf8): Settings {
  // An unset variable and an empty one are the same to a shell. REDIS_ and NEAR_ belong to others too: only an unknown ETRAP_ is a mistake.
  const given: Environment = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const unknown = Object.keys(given).filter(
    (variable) => variable.startsWith("ETRAP_") && !Object.hasOwn(schema.entries, variable) && !isOfDatabase(variable),
  );
  const result = v.safeParse(schema, given);
  const { databases, faults: faultsOfDatabases } = databasesOf(given, readText);
  const faults = [
    ...unknown.map((variable) => `${variable}: unknown; see etrap run --help`),
    ...(result.issues ?? []).map(faultOf),
    ...faultsOfDatabases,
  ];
  if (result.success && faults.length === 0) return settingsOf(result.output, databases);
  throw new AgentError("BAD_SETTINGS", ["the settings are not right:", ...faults].join("\n  "));
}

/** The lines of `--help` that name every variable. */
export function describeVariables(): string {
  const lineOf = (variable: string, help: string): string => `  ${variable.padEnd(26)} ${help}`;
  const ofProcess = Object.entries(schema.entries).flatMap(([variable, entry]) => {
    const help = v.getDescription(entry);
    return help === undefined ? [] : [lineOf(variable, help)];
  });
  const ofDatabase = Array.from(databaseMembers, ([member, help]) => lineOf(variableOf(member), help));
  return [
    "\nEnvironment:",
    ...ofProcess,
    "\nOf each database; in ETRAP_DATABASES_FILE the same as members, batch_size for ETRAP_BATCH_SIZE:",
    ...ofDatabase,
    "",
  ].join("\n");
}

function databasesOf(given: Environment, readText: (file: string) => string): ParsedDatabases {
  const ofAll = Object.fromEntries(
    Array.from(databaseMembers.keys(), (member) => [member, given[variableOf(member)]]).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const { ETRAP_DATABASE: name, ETRAP_DATABASES_FILE: file } = given;
  if (file === undefined) {
    const { settings, faults } = parseDatabase({ name, members: ofAll, nameOf: variableOf });
    return { databases: settings === undefined ? [] : [settings], faults };
  }
  const isNamedTwice = name !== undefined;
  const both =
    "ETRAP_DATABASE: expected unset, since ETRAP_DATABASES_FILE names the databases; etrap replay takes --database";
  const content = readOrFault(file, readText);
  const parsed =
    content.text === undefined
      ? { databases: [], faults: [content.fault] }
      : parseDatabases(file, content.text, { members: ofAll, nameOf: variableOf });
  return { ...parsed, faults: [...(isNamedTwice ? [both] : []), ...parsed.faults] };
}

function readOrFault(
  file: string,
  readText: (file: string) => string,
): { text: string } | { text?: undefined; fault: string } {
  try {
    return { text: readText(file) };
  } catch (error) {
    return { fault: `ETRAP_DATABASES_FILE: ${error instanceof Error ? error.message : "not readable"}` };
  }
}

function readUtf8(file: string): string {
  return readFileSync(file, "utf8");
}

function variableOf(member: string): string {
  return `ETRAP_${member.toUpperCase()}`;
}

function isOfDatabase(variable: string): boolean {
  const member = variable.slice("ETRAP_".length).toLowerCase();
  return databaseMembers.has(member) && variableOf(member) === variable;
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue) ?? "settings";
  return `${variable}: ${issue.received === "undefined" ? "missing" : issue.message}`;
}

function settingsOf(given: v.InferOutput<typeof schema>, databases: readonly DatabaseSettings[]): Settings {
  return {
    organization: given.ETRAP_ORG_ID,
    storeDir: given.ETRAP_STORE_DIR ?? `etrap-${given.ETRAP_ORG_ID}`,
    consumerGroup: given.ETRAP_CONSUMER_GROUP,
    consumerName: given.ETRAP_CONSUMER_NAME,
    leaseMs: given.ETRAP_LEASE,
    drainMs: given.ETRAP_DRAIN_TIMEOUT,
    databases,
    databasesFile: given.ETRAP_DATABASES_FILE,
    redis: { host: given.REDIS_HOST, port: given.REDIS_PORT, db: given.REDIS_DB, password: given.REDIS_PASSWORD },
    debug: given.ETRAP_DEBUG,
  };
}
