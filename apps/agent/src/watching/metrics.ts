import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Batcher } from "@etrap/batcher";
import type { RedisSource } from "@etrap/source-redis";
import type { AgentEvent } from "../report/agent-event.ts";

/** What is measured of one database while it is recorded. */
interface Measured {
  readonly batcher: Pick<Batcher, "status">;
  readonly source: Pick<RedisSource, "lag">;
}

/** The metrics of an agent, in the text format of Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** Takes an event, of one database where several are recorded. */
  note(event: AgentEvent, database?: string): void;
  /** Measures a database from now on, until the function that is returned is called. */
  follow(database: string, measured: Measured): () => void;
  text(): Promise<string>;
}

/** Options of `createMetrics`. */
export interface MetricsOptions {
  readonly version: string;
  /** Returns milliseconds since 1970 UTC. */
  now(): number;
}

/** From an idle machine to a batch that waited for an hour. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600];
/**
 * The most values of a label that comes from an error or an entry. Further ones count as `other`.
 */
const MOST_VALUES = 50;
/** The longest wait for Redis to tell the lag, in milliseconds. */
const LONGEST_LAG_MS = 2_000;

/** Creates the metrics of an agent that starts now. */
export function createMetrics({ version, now }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // These are no counters in spite of their names, which promtool refuses.
  for (const kind of ["handles", "requests", "resources"]) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const followed = new Map<string, Measured>();
  const bounded = createBound();
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const histogram = (name: string, help: string): Histogram<"database"> =>
    new Histogram({ name, help, labelNames: ["database"], buckets: SECONDS, registers: [registry] });

  const batches = counter("etrap_batches_created_total", "Batches that were recorded.", ["database"]);
  const events = counter("etrap_events_processed_total", "Changes that were recorded.", ["database"]);
  const mints = counter("etrap_nft_mints_total", "Batches whose token the contract holds.", ["database"]);
  const failures = counter("etrap_nft_mint_failures_total", "Attempts to mint that failed.", ["database"]);
  const processing = histogram(
    "etrap_processing_duration_seconds",
    "Time from the commit of a batch's oldest change in PostgreSQL to its place in the ledger.",
  );
  const storing = histogram("etrap_store_duration_seconds", "Time from sealing a batch to its place in the ledger.");
  const anchoring = histogram("etrap_anchor_duration_seconds", "Time from sealing a batch to its token.");
  const retries = counter("etrap_retries_total", "Attempts that failed and were repeated.", ["part", "code"]);
  const gaps = counter("etrap_gaps_total", "Reports of entries that were trimmed before they were read.", ["database"]);
  const leading = gauge("etrap_leading", "1 where this agent reads the database, 0 where it stands by.", ["database"]);
  const build = gauge("etrap_build_info", "The version of the agent and of Node.", ["version", "node"]);
  build.set({ version, node: process.version }, 1);

  const skipped = counter("etrap_entries_skipped_total", "Entries that are not recorded.", ["database", "reason"]);
  const poison = counter("etrap_poison_total", "Entries that could not be decoded, and are recorded as they came.", [
    "database",
    "reason",
  ]);
  const omitted = counter("etrap_columns_omitted_total", "Values that were left out of records.", ["database", "code"]);
  const changes = gauge("etrap_buffered_changes", "Changes that were read and are not recorded yet.", ["database"]);
  const bytes = gauge("etrap_buffered_bytes", "Bytes that they take.", ["database"]);
  const open = gauge("etrap_open_tables", "Tables with changes that are not recorded yet.", ["database"]);
  const refused = gauge("etrap_refused_tables", "Tables that cannot be written.", ["database"]);
  const waiting = gauge("etrap_unanchored_batches", "Batches that wait for their token.", ["database"]);
  const parked = gauge("etrap_parked_tables", "Tables whose batches could not be minted again and again.", [
    "database",
  ]);
  const oldest = gauge("etrap_oldest_unanchored_batch_age_seconds", "Age of the oldest batch that waits.", [
    "database",
  ]);
  const lagEntries = gauge("etrap_lag_entries", "Entries of a stream that are not committed.", ["database", "stream"]);
  const lagSeconds = gauge("etrap_lag_seconds", "Age of the oldest entry that is not committed.", ["database"]);

  const countAll = (database: string, reasonsOf: readonly (readonly [Counter<string>, string, Counts])[]): void => {
    for (const [metric, label, counts] of reasonsOf)
      for (const [value, count] of Object.entries(counts))
        metric.inc({ database, [label]: bounded(label, value) }, count);
  };
  const measure = (database: string, { batcher }: Measured): void => {
    const status = batcher.status();
    countAll(database, [
      [skipped, "reason", status.counts.skipped],
      [poison, "reason", status.counts.poison],
      [omitted, "code", status.counts.omitted],
    ]);
    changes.set({ database }, status.changes);
    bytes.set({ database }, status.bytes);
    open.set({ database }, status.chains.filter((chain) => chain.changes > 0).length);
    refused.set({ database }, status.chains.filter((chain) => chain.refusal !== undefined).length);
    if (status.anchors === undefined) return;
    const { pending, parked: parkedChains, oldestSealedAt } = status.anchors;
    waiting.set({ database }, pending);
    parked.set({ database }, parkedChains.length);
    oldest.set({ database }, oldestSealedAt === undefined ? 0 : Math.max(0, now() - oldestSealedAt) / 1000);
  };
  const measureLag = async (database: string, { source }: Measured): Promise<void> => {
    const lags = await within(LONGEST_LAG_MS, source.lag()).catch(() => undefined);
    // While Redis is away, nothing is known, and an old number would look like a new one.
    if (lags === undefined) return;
    const ages = lags.map(({ oldestAt }) => (oldestAt === undefined ? 0 : Math.max(0, now() - oldestAt)));
    lagSeconds.set({ database }, Math.max(0, ...ages) / 1000);
    for (const { stream, entries } of lags) if (entries !== undefined) lagEntries.set({ database, stream }, entries);
  };

  return {
    contentType: registry.contentType,
    note(event, about) {
      // With one database, events do not name it.
      const database = about ?? [...followed.keys()][0] ?? "";
      switch (event.type) {
        case "batch-stored": {
          const { header } = event;
          const named = { database: header.database };
          batches.inc(named);
          events.inc(named, header.leaf_count);
          storing.observe(named, secondsSince(header.sealed_at, now()));
          if (header.first_timestamp !== null) processing.observe(named, secondsSince(header.first_timestamp, now()));
          return;
        }
        case "batch-anchored": {
          const named = { database: event.header.database };
          mints.inc(named);
          return anchoring.observe(named, secondsSince(event.header.sealed_at, now()));
        }
        case "anchor-waiting":
        case "chain-parked":
          failures.inc({ database: event.chain.database });
          return retries.inc({ part: "near", code: bounded("code", event.code) });
        case "store-waiting":
          return retries.inc({ part: "store", code: bounded("code", event.code) });
        case "chain-refused":
          return retries.inc({ part: "table", code: bounded("code", event.code) });
        case "redis-disconnected":
        case "redis-refused":
          return retries.inc({ part: "redis", code: bounded("code", event.code) });
        case "entries-lost":
          return gaps.inc({ database });
        case "leading":
        case "standby":
          return leading.set({ database }, event.type === "leading" ? 1 : 0);
        default:
      }
    },
    follow(database, measured) {
      followed.set(database, measured);
      return () => followed.delete(database);
    },
    async text() {
      // Set anew each time, so that what is gone is gone.
      for (const metric of [skipped, poison, omitted, lagEntries, lagSeconds]) metric.reset();
      for (const [database, measured] of followed) measure(database, measured);
      await Promise.all(Array.from(followed, async ([database, measured]) => measureLag(database, measured)));
      return registry.metrics();
    },
  };
}

type Counts = Readonly<Record<string, number>>;

/** Returns a function that lets a bounded number of values of each label through. */
function createBound(): (label: string, value: string) => string {
  const seen = new Map<string, Set<string>>();
  return (label, value) => {
    const values = seen.get(label) ?? new Set();
    seen.set(label, values);
    if (values.size < MOST_VALUES) values.add(value);
    return values.has(value) ? value : "other";
  };
}

/** A clock that was set back must not make a negative time. */
function secondsSince(then: number, now: number): number {
  return Math.max(0, now - then) / 1000;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("too slow")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
