import { createBatcher } from "@etrap/batcher";
import { codeOf } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { openRedisSource } from "@etrap/source-redis";
import type { RedisSource } from "@etrap/source-redis";
import type { Redis } from "ioredis";
import type { OpenedAnchor } from "../near/open-anchor.ts";
import type { AgentEvent } from "../report/agent-event.ts";
import { countStored } from "../report/count-stored.ts";
import type { DatabaseSettings } from "../settings/database-settings.ts";
import { storePlace } from "../storage/store-place.ts";
import type { Tables } from "../settings/read-tables.ts";
import type { Settings } from "../settings/settings.ts";
import { createClient } from "./create-client.ts";
import { toBatcherOptions } from "./batcher-options.ts";
import type { Watch } from "../watching/watch.ts";
import { checkIdentity } from "./source-identity.ts";
import { watchStreams } from "./watch-streams.ts";
import { withSettings } from "./with-settings.ts";

/** The parts that recording one database needs besides its settings. */
export interface Recording {
  readonly store: ObjectStore;
  /** Undefined where batches are only stored. */
  readonly near: OpenedAnchor | undefined;
  readonly tables: Tables | undefined;
  /** Whether to accept a source and a ledger that do not know each other. */
  readonly adopt: boolean;
  readonly report: (event: AgentEvent) => void;
  readonly watch: Pick<Watch, "follow">;
  readonly signal: AbortSignal;
}

/**
 * Records one database, from Redis to the store, until `signal` is aborted and the changes that
 * were read are stored. Rejects with the error that ended it early, and with CHANGES_UNSTORED.
 * Nothing is lost by that: a later run reads again what is not committed.
 */
export async function recordDatabase(
  settings: Settings,
  database: DatabaseSettings,
  { store, near, tables, adopt, report, watch, signal }: Recording,
): Promise<void> {
  const client = await createClient(settings);
  const { streamPattern, policy } = database;
  const streams = watchStreams(withSettings(report, settings), streamPattern);
  const counted = countStored(streams.report, near !== undefined);
  const onEvent = counted.report;
  try {
    report({
      type: "started",
      from: `Redis (${streamPattern})`,
      store: storePlace(settings.store),
      policy,
      ...(near?.ready && { near: near.ready }),
    });
    const source = await orStopped(openSource(settings, database, { client, tables, report: onEvent, signal }));
    if (source === undefined) return;
    try {
      const isKnown = await orStopped(checkIdentity(source, { store, adopt, signal }).then(() => true));
      if (isKnown === undefined) return;
      const options = toBatcherOptions(settings, database, { sourceName: source.database, tables });
      const batcher = createBatcher({ source, store, ...(near && { anchor: near.anchor }) }, { ...options, onEvent });
      counted.follow(batcher);
      const unfollow = watch.follow(source.database, { batcher, source });
      const { statisticsMs } = settings.watching;
      const ticks = statisticsMs === 0 ? undefined : setInterval(counted.tick, statisticsMs);
      try {
        await batcher.run(signal);
      } finally {
        clearInterval(ticks);
        unfollow();
      }
      counted.checkDrained();
    } finally {
      await source.close();
    }
  } finally {
    streams.close();
    client.disconnect();
    report({ type: "stopped", ...counted.totals() });
  }
}

/**
 * Waits for a step before the first reading. Returns undefined where the stop came while the source
 * still waited for Redis: nothing was read, so nothing is left to store.
 */
async function orStopped<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    if (codeOf(error) === "ABORTED") return undefined;
    throw error;
  }
}

function openSource(
  { organization, consumerGroup, consumerName, leaseMs }: Settings,
  { name, streamPattern, readsPrefixStreams, retentionMs, maxEntryBytes }: DatabaseSettings,
  {
    client,
    tables,
    report,
    signal,
  }: Omit<Recording, "store" | "near" | "adopt" | "watch"> & { readonly client: Redis },
): Promise<RedisSource> {
  const options = {
    client,
    organization,
    database: name,
    streamPattern,
    readsPrefixStreams,
    group: consumerGroup,
    consumer: consumerName,
    retentionMs,
    leaseMs,
    tables: tables?.descriptions,
    maxEntryBytes,
    onEvent: report,
  };
  return openRedisSource(options, signal);
}
