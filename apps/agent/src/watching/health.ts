import type { AgentEvent } from "../report/agent-event.ts";

/** What is known of one thing that the agent depends on. */
type PartState = "starting" | "ok" | "failing";

/** Something that keeps the agent from its work. */
interface HealthProblem {
  readonly part: "redis" | "store" | "near" | "table";
  /** The database or the table concerned, where it is not all of them. */
  readonly subject: string | undefined;
  readonly code: string;
  readonly message: string;
  /** Milliseconds since 1970 UTC. */
  readonly since: number;
}

/** The answer of `GET /health`. The first five members are always there. */
interface HealthReport {
  readonly status: "healthy" | "unhealthy" | "starting" | "stopping";
  readonly redis: "connected" | "disconnected" | "starting";
  /** The store of the ledger: a bucket, or a folder. */
  readonly s3: "accessible" | "unavailable" | "starting";
  readonly near: "synced" | "behind" | "unavailable" | "off";
  /** The changes that were read and are not recorded yet. */
  readonly pending_events: number;
  readonly role: "leading" | "standby" | "starting";
  readonly pending_batches: number;
  readonly oldest_pending_batch_seconds: number | null;
  readonly uptime_seconds: number;
  readonly version: string;
  readonly problems: readonly HealthProblem[];
}

/** What the batchers hold, summed up. */
export interface Held {
  readonly changes: number;
  /** The batches that wait for their token. */
  readonly batches: number;
  /** The sealing time of the oldest of them, in milliseconds since 1970 UTC. */
  readonly oldestSealedAt: number | undefined;
}

/** The health of a running agent, as its events and probes tell it. */
export interface Health {
  /** Takes an event, of one database where several are recorded. */
  note(event: AgentEvent, database?: string): void;
  /** Takes the answer of a probe: undefined where it works. */
  probed(part: "store" | "near", failure: { readonly code: string; readonly message: string } | undefined): void;
  report(held: Held): HealthReport;
  /** Whether every database is read, or stands by for another agent that reads it. */
  isReady(): boolean;
}

/** Options of `createHealth`. */
export interface HealthOptions {
  /** The databases that are recorded. Without names, a single empty one. */
  readonly databases: readonly string[];
  readonly hasAnchor: boolean;
  readonly version: string;
  /** Returns milliseconds since 1970 UTC. */
  now(): number;
}

/** The age at which the oldest batch without a token is late. */
const LATE_MS = 3_600_000;

/**
 * Codes of an anchor that is away. A probe tells when it is back. Attempts to mint come minutes
 * apart.
 */
const TOLD_BY_PROBE: ReadonlySet<string> = new Set(["UNAVAILABLE", "OUTCOME_UNKNOWN", "NEAR_DISAGREEMENT"]);

/** Creates the health of an agent that starts now. */
export function createHealth({ databases, hasAnchor, version, now }: HealthOptions): Health {
  const startedAt = now();
  const problems = new Map<string, HealthProblem>();
  const roles = new Map<string, "leading" | "standby">();
  const redis = new Map<string, PartState>(databases.map((database) => [database, "starting"]));
  let store: PartState = "starting";
  let isStopping = false;

  const add = (key: string, problem: Omit<HealthProblem, "since">): void => {
    problems.set(key, { ...problem, since: problems.get(key)?.since ?? now() });
  };
  const has = (part: HealthProblem["part"]): boolean => [...problems.values()].some((each) => each.part === part);

  const noteRedis = (event: AgentEvent, database: string): boolean => {
    switch (event.type) {
      case "redis-disconnected":
      case "redis-refused":
        redis.set(database, "failing");
        add(`redis ${database}`, {
          part: "redis",
          subject: database === "" ? undefined : database,
          code: event.code,
          message: event.meaning,
        });
        return true;
      case "leading":
      case "standby":
        roles.set(database, event.type);
        redis.set(database, "ok");
        return true;
      case "redis-connected":
      case "stream-found":
        redis.set(database, "ok");
        problems.delete(`redis ${database}`);
        return true;
      default:
        return false;
    }
  };
  const noteChain = (event: AgentEvent): void => {
    switch (event.type) {
      case "chain-refused":
        add(`table ${textOf(event.chain)}`, { part: "table", subject: textOf(event.chain), ...causeOf(event) });
        return;
      case "chain-back":
        problems.delete(`table ${textOf(event.chain)}`);
        return;
      case "anchor-waiting":
      case "chain-parked":
        if (!TOLD_BY_PROBE.has(event.code))
          add(`near ${textOf(event.chain)}`, { part: "near", subject: textOf(event.chain), ...causeOf(event) });
        return;
      case "batch-anchored":
        problems.delete(`near ${textOf(event.header)}`);
        problems.delete("near");
        return;
      default:
    }
  };

  return {
    note(event, database = "") {
      if (noteRedis(event, database)) return;
      switch (event.type) {
        case "store-waiting":
          store = "failing";
          return add("store", { part: "store", subject: undefined, ...causeOf(event) });
        case "started":
        case "store-back":
        case "batch-stored":
          store = "ok";
          problems.delete("store");
          return;
        case "near-not-ready":
          return add("near", { part: "near", subject: undefined, ...causeOf(event) });
        case "database-failed":
          return add(`table ${database}`, { part: "table", subject: database, ...causeOf(event) });
        case "stopping":
          isStopping = true;
          return;
        default:
          noteChain(event);
      }
    },
    probed(part, failure) {
      if (failure === undefined) {
        problems.delete(`${part} probe`);
        // The probe asks for all that was missing at the start.
        problems.delete(part === "near" ? "near" : "");
      } else add(`${part} probe`, { part, subject: undefined, ...failure });
    },
    isReady: () => store !== "starting" && databases.every((database) => roles.has(database)) && !isStopping,
    report({ changes, batches, oldestSealedAt }) {
      const states = [...redis.values()];
      const isStarting = store === "starting" || states.includes("starting");
      const age = oldestSealedAt === undefined ? undefined : Math.max(0, now() - oldestSealedAt);
      return {
        status: isStopping ? "stopping" : problems.size > 0 ? "unhealthy" : isStarting ? "starting" : "healthy",
        redis: states.includes("failing") ? "disconnected" : states.includes("starting") ? "starting" : "connected",
        s3: has("store") ? "unavailable" : store === "starting" ? "starting" : "accessible",
        near: nearOf(age),
        pending_events: changes,
        role: [...roles.values()].includes("leading") ? "leading" : roles.size > 0 ? "standby" : "starting",
        pending_batches: batches,
        oldest_pending_batch_seconds: age === undefined ? null : Math.round(age / 1000),
        uptime_seconds: Math.round((now() - startedAt) / 1000),
        version,
        problems: [...problems.values()],
      };
    },
  };

  function nearOf(age: number | undefined): HealthReport["near"] {
    if (!hasAnchor) return "off";
    if (has("near")) return "unavailable";
    return age !== undefined && age > LATE_MS ? "behind" : "synced";
  }
}

function causeOf({ code, message }: { readonly code: string; readonly message: string }): {
  readonly code: string;
  readonly message: string;
} {
  return { code, message };
}

function textOf({
  database,
  schema,
  table,
}: {
  readonly database: string;
  readonly schema: string | null;
  readonly table: string | null;
}): string {
  return table === null ? database : `${database}: ${schema}.${table}`;
}
