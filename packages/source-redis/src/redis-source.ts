import type { ChangeSource } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "./events.ts";
import { createGenerations } from "./reading/generations.ts";
import { createLeadership } from "./reading/leadership.ts";
import { createLease } from "./reading/lease.ts";
import { createPuller } from "./reading/puller.ts";
import { createReader } from "./reading/reader.ts";
import { resetReasonOf } from "./reading/reset-reason.ts";
import type { ResetReason } from "./reading/reset-reason.ts";
import { checkEviction } from "./server/check-eviction.ts";
import { connect } from "./server/connect.ts";
import { readServerFacts } from "./server/server-facts.ts";
import type { StreamSelection } from "./streams/discover-streams.ts";
import { findDatabase } from "./streams/find-database.ts";

/** Options of `openRedisSource`. */
export interface RedisSourceOptions extends StreamSelection {
  /** A client made with `redisClientOptions()`. The source duplicates it for reads that wait. */
  readonly client: Redis;
  readonly organization: string;
  /** The name of the database. Default: Debezium's name for it. */
  readonly database?: string | undefined;
  /** The consumer group, which holds the committed positions. */
  readonly group: string;
  readonly consumer: string;
  /**
   * The age in milliseconds at which committed entries are trimmed: 0 trims at once, null never.
   */
  readonly retentionMs: number | null;
  readonly tables?: TableDescriptions | undefined;
  /** The time in milliseconds after which the lease of a dead agent runs out. Default: 15 000. */
  readonly leaseMs?: number;
  readonly onEvent?: (event: RedisSourceEvent) => void;
}

/** A change source on Redis Streams. */
export interface RedisSource extends ChangeSource {
  /** The name of the database: the configured one, or else Debezium's. */
  readonly database: string;
  readonly resetReason: ResetReason | undefined;
  /** Gives up the lease and ends the source's own connection. The client stays open. */
  close(): Promise<void>;
}

/**
 * Opens a source. Waits for the server and, where no name is configured, for a first change that
 * gives the database's name. Rejects with RedisSourceError. The consumer group holds the committed
 * position, and the cursor is in memory: a lost reply is read again, and reading costs no write.
 */
export async function openRedisSource(options: RedisSourceOptions, signal: AbortSignal): Promise<RedisSource> {
  const { client, leaseMs = 15_000, onEvent = () => undefined } = options;
  await connect(client, signal);
  const server = await readServerFacts(client);
  await checkEviction(client, onEvent);
  const database = options.database ?? (await findDatabase({ ...options, onEvent, signal }));
  const reading = await openReadingConnection(client, signal);
  const lease = createLease(client, `etrap:lease:${options.organization}:${database}`, leaseMs);
  const generations = createGenerations({ ...options, server, reading, onEvent });
  const puller = createPuller({
    ...options,
    database,
    generations,
    reader: createReader(reading),
    lead: createLeadership(lease, generations, onEvent),
    decode: createDecoder({
      nameDatabase: (connectorsName) => options.database ?? connectorsName ?? database,
      tables: options.tables,
    }),
    onEvent,
  });

  reading.on("close", () => {
    // Replies on their way are lost, and the next connection may lead to another server.
    generations.requestReset("reconnected");
    onEvent({ type: "redis-disconnected" });
  });
  reading.on("ready", () => onEvent({ type: "redis-connected" }));

  return {
    database,
    get generation() {
      return generations.current.number;
    },
    get resetReason() {
      return generations.resetReason;
    },
    get isAway() {
      return puller.isAway;
    },
    pull: puller.pull,
    async commit(deliveries) {
      const { current } = generations;
      for (const { generation, position } of deliveries) if (generation === current.number) current.commit(position);
      try {
        generations.requestReset(await current.flushCommits());
      } catch (error) {
        // The cursors keep the commit. The next pull flushes it, or a step back makes it
        // unnecessary.
        generations.requestReset(resetReasonOf(error));
      }
    },
    async close() {
      await generations.current.flushCommits().catch(() => undefined);
      await lease.release();
      reading.removeAllListeners("close");
      reading.disconnect();
    },
  };
}

/**
 * Opens the second connection of the source. Reads that wait block it, so every other command uses
 * the client.
 */
async function openReadingConnection(client: Redis, signal: AbortSignal): Promise<Redis> {
  const reading = client.duplicate();
  try {
    await connect(reading, signal);
    return reading;
  } catch (error) {
    reading.disconnect();
    throw error;
  }
}
