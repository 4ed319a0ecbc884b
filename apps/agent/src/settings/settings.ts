import { readFileSync } from "node:fs";
import { optionProblems } from "@etrap/batcher";
import * as v from "valibot";
import { AgentError } from "../agent-error.ts";
import { databaseMembers } from "./database-settings.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { describeExpected } from "./expected-range.ts";
import { drainTimeout, processSchema, processVariables, variableOf } from "./process-variables.ts";
import type { Environment, GivenVariables } from "./process-variables.ts";
import { parseNear } from "./near-settings.ts";
import type { NearSettings } from "./near-settings.ts";
import { nearestName } from "./nearest-name.ts";
import { readDatabases } from "./read-databases.ts";
import { parseRedis } from "./redis-settings.ts";
import type { RedisSettings } from "./redis-settings.ts";
import { parseStore } from "./store-settings.ts";
import type { StoreSettings } from "./store-settings.ts";

/** The settings of the agent. */
export interface Settings {
  readonly organization: string;
  readonly store: StoreSettings;
  readonly consumerGroup: string;
  readonly consumerName: string;
  /** The time after which a standby takes over from an agent that died. */
  readonly leaseMs: number;
  /** The time that a stop may take to store what is held. */
  readonly drainMs: number;
  /** At least one. */
  readonly databases: readonly DatabaseSettings[];
  /** The file that names the databases, undefined where the environment describes the only one. */
  readonly databasesFile: string | undefined;
  readonly redis: RedisSettings;
  readonly near: NearSettings;
  readonly watching: WatchingSettings;
  /** Undefined for the standard output. */
  readonly logFile: string | undefined;
  readonly debug: boolean;
}

/** Where the agent is watched. A port is undefined where nothing listens. */
interface WatchingSettings {
  readonly healthPort: number | undefined;
  readonly metricsPort: number | undefined;
  readonly address: string;
  /** Between two lines of statistics. 0 for none. */
  readonly statisticsMs: number;
}

/**
 * Parses the settings in environment variables, and in the file of databases that they may name.
 * Throws BAD_SETTINGS, which names every problem at once and no value.
 */
export function parseSettings(environment: Environment, readText: (file: string) => string = readUtf8): Settings {
  const given = givenVariables(environment);
  const result = v.safeParse(processSchema, given);
  const redis = parseRedis(given);
  const store = parseStore(given);
  const near = parseNear(given);
  const { databases, problems: databaseProblems } = readDatabases(given, readText);
  const problems = [
    ...unknownVariables(given),
    ...(result.issues ?? []).map(schemaProblem),
    ...drainProblems(given),
    ...(store.kind === "invalid" ? store.problems : []),
    ...(redis.kind === "invalid" ? redis.problems : []),
    ...(near.kind === "invalid" ? near.problems : []),
    ...databaseProblems,
  ];
  if (
    result.success &&
    store.kind === "valid" &&
    redis.kind === "valid" &&
    near.kind === "valid" &&
    problems.length === 0
  ) {
    const { settings: nearSettings } = near;
    return {
      ...toSettings(result.output, databases),
      store: store.settings,
      redis: redis.settings,
      near: nearSettings,
    };
  }
  throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...problems].join("\n  "));
}

/**
 * Returns the variables that are set. To a shell, an empty variable is the same as an unset one.
 */
export function givenVariables(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
}

function readUtf8(file: string): string {
  return readFileSync(file, "utf8");
}

/**
 * Returns a problem for each unknown variable that begins with ETRAP_. Unknown NEAR_ variables may
 * belong to other programs.
 */
function unknownVariables(given: Environment): string[] {
  const known = [...processVariables.keys(), ...Array.from(databaseMembers.keys(), variableOf)];
  const unknown = Object.keys(given).filter((variable) => variable.startsWith("ETRAP_") && !known.includes(variable));
  return unknown.map((variable) => {
    const nearest = nearestName(variable, known);
    const advice = nearest === undefined ? "see etrap run --help" : `is ${nearest} meant?`;
    return `${variable}: unknown; ${advice}`;
  });
}

function schemaProblem(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue) ?? "settings";
  return `${variable}: ${issue.received === "undefined" ? "missing" : issue.message}`;
}

/** Returns the problem of a drain timeout that can be parsed but is out of the batcher's range. */
function drainProblems({ ETRAP_DRAIN_TIMEOUT: given }: Environment): string[] {
  const parsed = v.safeParse(drainTimeout, given);
  if (!parsed.success) return [];
  const problems = optionProblems({ drainMs: parsed.output });
  return problems.map((problem) => `ETRAP_DRAIN_TIMEOUT: expected ${describeExpected(problem, "seconds")}`);
}

function toSettings(
  given: GivenVariables,
  databases: readonly DatabaseSettings[],
): Omit<Settings, "redis" | "store" | "near"> {
  return {
    organization: given.ETRAP_ORG_ID,
    consumerGroup: given.ETRAP_CONSUMER_GROUP,
    consumerName: given.ETRAP_CONSUMER_NAME,
    leaseMs: given.ETRAP_LEASE,
    drainMs: given.ETRAP_DRAIN_TIMEOUT,
    databases,
    databasesFile: given.ETRAP_DATABASES_FILE ?? (given.ETRAP_DATABASES === undefined ? undefined : "ETRAP_DATABASES"),
    watching: {
      healthPort: given.ETRAP_HEALTH_PORT,
      metricsPort: given.ETRAP_METRICS_PORT,
      address: given.ETRAP_HTTP_ADDRESS,
      statisticsMs: given.ETRAP_STATISTICS_INTERVAL,
    },
    logFile: given.ETRAP_LOG_FILE,
    debug: given.ETRAP_DEBUG,
  };
}
