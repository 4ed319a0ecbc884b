import * as v from "valibot";
import { databaseName } from "./database-settings.ts";
import { nearVariables } from "./near-settings.ts";
import { redisVariables } from "./redis-settings.ts";
import { s3Variables } from "./s3-settings.ts";
import { flag } from "./schemas/flag.ts";
import { port } from "./schemas/port.ts";
import { seconds } from "./schemas/seconds.ts";
import { name, text } from "./schemas/text.ts";
import { optional, withDefault } from "./schemas/with-default.ts";

const leaseTime = v.pipe(seconds, v.minValue(100, "expected at least 0.1 seconds"));

/** Parses ETRAP_DRAIN_TIMEOUT. The batcher checks its range. */
export const drainTimeout: v.GenericSchema<unknown, number> = withDefault(
  seconds,
  "seconds that a stop may take to store what was read",
  "30",
);

const schema = v.object({
  ETRAP_ORG_ID: v.pipe(name, v.description("organization, named in every header (required)")),
  ETRAP_STORE_DIR: optional(text("a folder", /./), "folder that holds the ledger (default: etrap-{organization})"),
  ETRAP_DATABASE: optional(databaseName, "name of the database (default: the name that Debezium gives)"),
  ETRAP_DATABASES_FILE: optional(
    text("a file", /./),
    "JSON file that names several databases, each with its own settings",
  ),
  ETRAP_DATABASES: optional(v.string(), "the content of such a file; databases in etrap.yaml"),
  ETRAP_CONSUMER_GROUP: withDefault(name, "consumer group that holds the committed position", "etrap-cdc-agent"),
  ETRAP_CONSUMER_NAME: withDefault(name, "name of the consumer in the group", "agent-1"),
  ETRAP_LEASE: withDefault(leaseTime, "seconds after which a standby takes over from an agent that died", "15"),
  ETRAP_DRAIN_TIMEOUT: drainTimeout,
  ETRAP_HEALTH_PORT: withDefault(port, "port of /health, /ready and /live, or off", "8080"),
  ETRAP_METRICS_PORT: withDefault(port, "port of /metrics, or off; may be the same", "9090"),
  ETRAP_HTTP_ADDRESS: withDefault(
    text("an IP address or a host", /^[\w.:-]{1,255}$/),
    "address of these ports; 0.0.0.0 in a container",
    "127.0.0.1",
  ),
  ETRAP_STATISTICS_INTERVAL: withDefault(seconds, "seconds between two lines of statistics; 0 for none", "60"),
  ETRAP_LOG_FILE: optional(
    text("a file", /./),
    "file for the log as JSON lines, opened anew on SIGHUP (default: standard output)",
  ),
  ETRAP_DEBUG: withDefault(flag, "true: report every event", "false"),
});

/** The variables of the whole process, as they are given. */
export interface GivenVariables {
  readonly ETRAP_ORG_ID: string;
  readonly ETRAP_DATABASES_FILE?: string | undefined;
  readonly ETRAP_DATABASES?: string | undefined;
  readonly ETRAP_CONSUMER_GROUP: string;
  readonly ETRAP_CONSUMER_NAME: string;
  readonly ETRAP_LEASE: number;
  readonly ETRAP_DRAIN_TIMEOUT: number;
  readonly ETRAP_HEALTH_PORT: number | undefined;
  readonly ETRAP_METRICS_PORT: number | undefined;
  readonly ETRAP_HTTP_ADDRESS: string;
  readonly ETRAP_STATISTICS_INTERVAL: number;
  readonly ETRAP_LOG_FILE?: string | undefined;
  readonly ETRAP_DEBUG: boolean;
}

/** Parses the variables of the whole process. */
export const processSchema: v.GenericSchema<unknown, GivenVariables> = schema;

/**
 * Every variable of the whole process, with its text in `--help`. Undefined for a variable that is
 * refused.
 */
export const processVariables: ReadonlyMap<string, string | undefined> = new Map([
  ...Object.entries(schema.entries).map(([variable, entry]) => [variable, v.getDescription(entry)] as const),
  ...s3Variables,
  ...redisVariables,
  ...nearVariables,
]);

/** The variables that only `etrap run` uses. */
export const runVariables: ReadonlySet<string> = new Set([
  "ETRAP_CONSUMER_GROUP",
  "ETRAP_CONSUMER_NAME",
  "ETRAP_LEASE",
  "ETRAP_STREAM_PATTERN",
  "ETRAP_STREAM_RETENTION",
  "ETRAP_HEALTH_PORT",
  "ETRAP_METRICS_PORT",
  "ETRAP_HTTP_ADDRESS",
  "ETRAP_STATISTICS_INTERVAL",
  "ETRAP_LOG_FILE",
  ...redisVariables.keys(),
]);

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the variable of a database's setting: ETRAP_BATCH_SIZE for `batch_size`. */
export function variableOf(member: string): string {
  return `ETRAP_${member.toUpperCase()}`;
}
