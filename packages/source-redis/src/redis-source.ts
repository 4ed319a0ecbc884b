import type { ChangeSource, Delivery, PullOptions } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import type { Redis } from "ioredis";
import { factsOf, openGroup, readGroups, setPosition } from "./consumer-group.ts";
import { findDatabase } from "./database.ts";
import { discoverStreams } from "./discovery.ts";
import { compareEntryIds } from "./entry-id.ts";
import type { RedisSourceEvent, ResetReason } from "./events.ts";
import { createLease } from "./lease.ts";
import { createReader } from "./reader.ts";
import { refusalOf } from "./redis-source-error.ts";
import { trimStream } from "./retention.ts";
import { checkEviction, connect, readServerFacts, sleep } from "./server.ts";
import { createStreamCursor } from "./stream-cursor.ts";
import type { StreamCursor } from "./stream-cursor.ts";

/** What a source on Redis is told. */
export interface RedisSourceOptions {
  /** Made with `redisClientOptions()`. The source makes a second connection of its own from it, for reads that wait. */
  readonly client: Redis;
  readonly organization: string;
  /** Name of the database; what Debezium says by default. */
  readonly database?: string | undefined;
  readonly streamPattern: string;
  readonly group: string;
  readonly consumer: string;
  /** Age in milliseconds at which committed entries are trimmed; 0 at once, null never. */
  readonly retentionMs: number | null;
  readonly tables?: TableDescriptions | undefined;
  /** How long a dead agent keeps others standing by: 15 s by default. */
  readonly leaseMs?: number;
  readonly onEvent?: (event: RedisSourceEvent) => void;
}

/** A change source on Redis Streams. */
export interface RedisSource extends ChangeSource {
  /** The database's name: the configured one, or what Debezium says. */
  readonly database: string;
  /** Gives up the lease and ends the source's own connection. The client stays open. */
  close(): Promise<void>;
}

/** How often streams are looked for and checked, and trimmed. */
const DISCOVER_MS = 500;
const TRIM_MS = 2_000;

/**
 * Opens a source: waits for the server, and for a first change if nothing else tells the database's name. Rejects with RedisSourceError.
 * The consumer group holds the committed position; the cursor is in memory, so a lost reply is read again and reading costs no writes.
 */
export async function openRedisSource(options: RedisSourceOptions, signal: AbortSignal): Promise<RedisSource> {
  const {
    client,
    streamPattern,
    group,
    consumer,
    retentionMs,
    tables,
    leaseMs = 15_000,
    onEvent = () => undefined,
  } = options;
  await connect(client, signal);
  let server = await readServerFacts(client);
  await checkEviction(client, onEvent);
  const database = options.database ?? (await findDatabase(client, streamPattern, onEvent, signal));
  const decode = createDecoder({
    nameDatabase: (connectorsName) => options.database ?? connectorsName ?? database,
    tables,
  });

  const reading = client.duplicate();
  await connect(reading, signal).catch((error: unknown) => {
    reading.disconnect();
    throw error;
  });
  const reader = createReader(reading);
  const lease = createLease(client, `etrap:lease:${options.organization}:${database}`, leaseMs);
  let generation = 0;
  let isLeading: boolean | undefined;
  let cursors = new Map<string, StreamCursor>();
  let resetReason: ResetReason | undefined;
  let [discoveredAt, trimmedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

  reading.on("close", () => {
    // Whatever was on its way is lost, and the next server may be another one.
    resetReason ??= "reconnected";
    onEvent({ type: "redis-disconnected" });
  });
  reading.on("ready", () => onEvent({ type: "redis-connected" }));

  /** Forgets every cursor: each stream is read again from the group's position on the server that is there now. */
  const stepBack = async (reason: ResetReason): Promise<void> => {
    resetReason = undefined;
    generation += 1;
    cursors = new Map();
    discoveredAt = Number.NEGATIVE_INFINITY;
    onEvent({ type: "cursor-reset", reason });
    // The connection that reads may still lead to the old server: what it gave would be committed on the new one.
    if (reason === "other-server") reading.disconnect(true);
    if (reading.status === "ready" && client.status === "ready") server = await readServerFacts(client);
  };

  const lead = async (): Promise<boolean> => {
    const held = lease.isHeld() || (await lease.acquire());
    if (held !== isLeading) onEvent({ type: held ? "leading" : "standby" });
    if (isLeading === true && !held) await stepBack("lease-lost");
    isLeading = held;
    return held;
  };

  /** Opens streams that appeared, and notices those that were replaced under our feet. */
  const discover = async (): Promise<void> => {
    if (performance.now() - discoveredAt < DISCOVER_MS) return;
    discoveredAt = performance.now();
    const streams = await discoverStreams(client, streamPattern);
    for (const cursor of cursors.values()) {
      const reason = streams.has(cursor.stream) ? await replacedSince(client, cursor, group) : "stream-replaced";
      if (reason !== undefined) return stepBack(reason);
    }
    for (const stream of streams) {
      if (cursors.has(stream)) continue;
      const { position, entriesRead } = await openGroup(client, stream, group, consumer, server);
      cursors.set(stream, createStreamCursor(stream, position, entriesRead));
      onEvent({ type: "stream-found", stream, committed: position });
    }
  };

  const trim = async (): Promise<void> => {
    if (retentionMs === null || performance.now() - trimmedAt < TRIM_MS) return;
    trimmedAt = performance.now();
    for (const stream of cursors.keys()) {
      const heldBackBy = await trimStream(client, stream, group, retentionMs);
      if (heldBackBy !== undefined) onEvent({ type: "retention-held-back", stream, group: heldBackBy });
    }
  };

  /** Tells the server what was committed. */
  const communicate = async (): Promise<void> => {
    await Promise.all(
      Array.from(cursors.values(), async (cursor) => {
        const commit = cursor.uncommunicated;
        if (commit === undefined) return;
        const outcome = await setPosition(client, cursor.stream, group, commit, server);
        if (outcome === "OK") cursor.communicated(commit);
        else resetReason ??= "other-server";
      }),
    );
  };

  const pullNow = async (pull: PullOptions): Promise<Delivery[]> => {
    if (resetReason !== undefined) await stepBack(resetReason);
    if (!(await lead())) return [];
    await communicate();
    await discover();
    await trim();
    const waitMs = Math.min(pull.waitMs, DISCOVER_MS);
    const active = [...cursors.values()].filter(({ stream }) => !pull.paused.has(stream));
    const entries = await reader.read(active, { ...pull, waitMs });
    // A step back while the reply was on its way: these cursors are no longer ours.
    if (resetReason !== undefined) return [];
    return entries.map(({ stream, id, fields, size }) => {
      cursors.get(stream)?.read(id);
      return { position: { stream, id }, generation, entry: decode(fields), fields, size };
    });
  };

  return {
    database,
    get generation() {
      return generation;
    },
    async pull(pull) {
      const started = performance.now();
      const deliveries = await pullNow(pull).catch(async (error: unknown) => {
        resetReason ??= reasonOf(error);
        return [];
      });
      // Nothing came because nothing could: standing by, or the server is away. Not a reason to spin.
      const rest = Math.min(pull.waitMs, DISCOVER_MS) - (performance.now() - started);
      if (deliveries.length === 0 && rest > 0) await sleep(rest, pull.signal);
      return deliveries;
    },
    async commit(deliveries) {
      for (const { position, generation: deliveredIn } of deliveries) {
        if (deliveredIn === generation) cursors.get(position.stream)?.commit(position.id);
      }
      await communicate().catch((error: unknown) => {
        // Kept in the cursors: the next pull or commit tells it, or a step back makes it unnecessary.
        resetReason ??= reasonOf(error);
      });
    },
    async close() {
      await communicate().catch(() => undefined);
      await lease.release();
      reading.removeAllListeners("close");
      reading.disconnect();
    },
  };
}

/** Whether a stream is no longer the one that was read: its group is gone, or it ends before what was read. */
async function replacedSince(
  client: Redis,
  { stream, cursor }: StreamCursor,
  group: string,
): Promise<ResetReason | undefined> {
  const groups = await readGroups(client, stream);
  if (!groups.some(({ name }) => name === group)) return "group-missing";
  const newest = String(factsOf(await client.xinfo("STREAM", stream))("last-generated-id"));
  return compareEntryIds(newest, cursor) < 0 ? "stream-replaced" : undefined;
}

/** What an error means for the cursors. Throws what no waiting mends. */
function reasonOf(error: unknown): ResetReason {
  const refusal = refusalOf(error);
  if (refusal !== undefined) throw refusal;
  const message = error instanceof Error ? error.message : "";
  if (message.includes("NOGROUP")) return "group-missing";
  if (message.includes("no such key") || message.includes("requires the key to exist")) return "stream-replaced";
  return "reconnected";
}
