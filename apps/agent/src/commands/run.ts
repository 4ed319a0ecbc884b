import { createBatcher } from "@etrap/batcher";
import { openRedisSource, redisClientOptions, RedisSourceError } from "@etrap/source-redis";
import { openFsStore } from "@etrap/storage-fs";
import { Redis } from "ioredis";
import { countStored } from "../count-stored.ts";
import { readTables } from "../read-tables.ts";
import type { AgentEvent } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { writerOf } from "../writer.ts";

/** Redis to a folder, until `signal` is aborted and what was taken in is stored. Rejects with the error that stopped it; nothing is lost. */
export async function runAgent(
  settings: Settings,
  report: (event: AgentEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { organization, policy, redis } = settings;
  const tables = await readTables(settings.tablesFile);
  const store = await openFsStore({ root: settings.storeDir });
  const client = new Redis({
    ...redisClientOptions(),
    ...redis,
    ...(redis.password === undefined ? {} : { password: redis.password }),
  });
  const counted = countStored(report);
  try {
    report({ type: "started", from: "Redis", folder: settings.storeDir, policy });
    const source = await openRedisSource(
      {
        client,
        organization,
        database: settings.database,
        streamPattern: settings.streamPattern,
        group: settings.consumerGroup,
        consumer: settings.consumerName,
        retentionMs: settings.retentionMs,
        leaseMs: settings.leaseMs,
        tables: tables?.descriptions,
        onEvent: counted.report,
      },
      signal,
    );
    try {
      const batcher = createBatcher(
        { source, store },
        { ...writerOf(settings, source.database, tables), policy, onEvent: counted.report },
      );
      await batcher.run(signal);
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
