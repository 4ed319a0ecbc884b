import { createBatcher } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/batcher";
import { openRedisSource, redisClientOptions, RedisSourceError } from "@etrap/source-redis";
import type { RedisSource } from "@etrap/source-redis";
import { Redis } from "ioredis";
import { countStored } from "./count-stored.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Tables } from "./read-tables.ts";
import type { AgentEvent } from "./agent-event.ts";
import type { Settings } from "./settings.ts";
import { writerOf } from "./writer.ts";

/** What recording one database needs besides the settings. */
export interface Recording {
  readonly store: ObjectStore;
  readonly tables: Tables | undefined;
  readonly report: (event: AgentEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Redis to the store, for one database, until `signal` is aborted and what was taken in is stored. Rejects with the error that stopped it;
 * nothing is lost by it.
 */
export async function recordDatabase(
  settings: Settings,
  database: DatabaseSettings,
  { store, tables, report, signal }: Recording,
): Promise<void> {
  const { organization, drainMs } = settings;
  const { policy, tablePolicies, maxBufferBytes, proofIndex } = database;
  const client = createClient(settings);
  const counted = countStored(report);
  const onEvent = counted.report;
  try {
    report({ type: "started", from: `Redis (${database.streamPattern})`, folder: settings.storeDir, policy });
    const source = await openSource(settings, database, { client, tables, report: onEvent, signal });
    try {
      const writer = writerOf(database, { organization, sourceName: source.database, tables });
      const limits = { policy, tablePolicies, maxBufferBytes, proofIndex, drainMs };
      await createBatcher({ source, store }, { ...writer, ...limits, onEvent }).run(signal);
    } finally {
      await source.close();
    }
  } catch (error) {
    // Asked to stop while it still waited for Redis: nothing was taken in, so nothing is left to do.
    if (!(error instanceof RedisSourceError && error.code === "ABORTED")) throw error;
  } finally {
    client.disconnect();
    report({ type: "stopped", ...counted.totals() });
  }
}

/** A connection of the database's own: what hangs on it hangs up no other database. */
function createClient({ redis }: Settings): Redis {
  const { password, ...rest } = redis;
  return new Redis({ ...redisClientOptions(), ...rest, ...(password === undefined ? {} : { password }) });
}

function openSource(
  { organization, consumerGroup, consumerName, leaseMs }: Settings,
  { name, streamPattern, readsBeside, retentionMs }: DatabaseSettings,
  { client, tables, report, signal }: Omit<Recording, "store"> & { readonly client: Redis },
): Promise<RedisSource> {
  const options = {
    client,
    organization,
    database: name,
    streamPattern,
    readsBeside,
    group: consumerGroup,
    consumer: consumerName,
    retentionMs,
    leaseMs,
    tables: tables?.descriptions,
    onEvent: report,
  };
  return openRedisSource(options, signal);
}
