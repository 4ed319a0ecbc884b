import type { ChangeSource, Delivery, Entry, PullOptions } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import type { Redis } from "ioredis";
import { findDatabase } from "./database.ts";
import type { StreamSelection } from "./discovery.ts";
import type { RedisSourceEvent, ResetReason } from "./events.ts";
import { createGeneration } from "./generation.ts";
import { createLease } from "./lease.ts";
import { createReader } from "./reader.ts";
import { refusalOf } from "./redis-source-error.ts";
import { trimStream } from "./retention.ts";
import { checkEviction, connect, readServerFacts, sleep } from "./server.ts";

/** What a source on Redis is told. */
export interface RedisSourceOptions extends StreamSelection {
  /** Made with `redisClientOptions()`. The source makes a second connection of its own from it, for reads that wait. */
  readonly client: Redis;
  readonly organization: string;
  /** Name of the database; what Debezium says by default. */
  readonly database?: string | undefined;
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
  const { client, group, retentionMs, tables, leaseMs = 15_000, onEvent = () => undefined } = options;
  await connect(client, signal);
  let server = await readServerFacts(client);
  await checkEviction(client, onEvent);
  const database = options.database ?? (await findDatabase(client, options, onEvent, signal));
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
  let generation = createGeneration(0, server, { ...options, onEvent });
  let isLeading: boolean | undefined;
  /** Why the next pull must step back first. */
  let doubt: ResetReason | undefined;
  let isAway = false;
  /** Never written `doubt ??= await …`: that would drop what came up during the wait. */
  const suspect = (reason: ResetReason | undefined): void => {
    doubt ??= reason;
  };
  const isDiscoveryDue = every(DISCOVER_MS);
  const isTrimDue = every(TRIM_MS);

  reading.on("close", () => {
    // Whatever was on its way is lost, and the next server may be another one.
    suspect("reconnected");
    onEvent({ type: "redis-disconnected" });
  });
  reading.on("ready", () => onEvent({ type: "redis-connected" }));

  /** Each stream is read again from the group's position on the server that is there now. */
  const stepBack = async (reason: ResetReason): Promise<void> => {
    // The connection that reads may still lead to the old server: what it gave would be committed on the new one.
    if (reason === "other-server") reading.disconnect(true);
    // Cleared before the wait: a doubt that comes up meanwhile is about the new generation, and must stay.
    doubt = undefined;
    try {
      server = await readServerFacts(client);
      // Two connections to one name may lead to two servers: ids of the one would be committed on the other.
      if ((await readServerFacts(reading)).runId !== server.runId) {
        reading.disconnect(true);
        throw new Error("the two connections lead to two servers");
      }
    } catch (error) {
      doubt ??= reason;
      throw error;
    }
    beginGeneration(reason);
  };

  const beginGeneration = (reason: ResetReason): void => {
    generation = createGeneration(generation.number + 1, server, { ...options, onEvent });
    onEvent({ type: "cursor-reset", reason });
  };

  const lead = async (): Promise<boolean> => {
    const held = lease.isHeld() || (await lease.acquire());
    if (held !== isLeading) onEvent({ type: held ? "leading" : "standby" });
    // At once, though this one only waits from now on: whoever holds deliveries must throw them away, another agent reads them.
    if (isLeading === true && !held) beginGeneration("lease-lost");
    isLeading = held;
    return held;
  };

  const trim = async (retention: number): Promise<void> => {
    for (const stream of generation.streams) {
      const heldBackBy = await trimStream(client, stream, group, retention);
      if (heldBackBy !== undefined) onEvent({ type: "retention-held-back", stream, group: heldBackBy });
    }
  };

  /** Undefined where nothing could be read, which says nothing of what there is. */
  const pullNow = async (pull: PullOptions): Promise<Delivery[] | undefined> => {
    if (!(await lead())) return undefined;
    if (doubt !== undefined) await stepBack(doubt);
    suspect(await generation.communicate());
    if (generation.streams.length === 0 || isDiscoveryDue()) suspect(await generation.discover());
    if (retentionMs !== null && isTrimDue()) await trim(retentionMs);
    if (doubt !== undefined) return undefined;
    const current = generation;
    const waitMs = Math.min(pull.waitMs, DISCOVER_MS);
    const entries = await reader.read(current.cursors(pull.paused), { ...pull, waitMs });
    // The connection was cut while the reply was on its way: it may be another server's.
    if (doubt !== undefined) return undefined;
    return entries.map(({ isGap, stream, id, fields, size }) => {
      const position = { stream, id };
      current.read(position);
      const entry: Entry = isGap ? { kind: "gap", database, reason: "TRIMMED_UNREAD" } : decode(fields);
      return { position, generation: current.number, entry, fields, size };
    });
  };

  return {
    database,
    get generation() {
      return generation.number;
    },
    get isAway() {
      return isAway;
    },
    async pull(pull) {
      const started = performance.now();
      const read = await pullNow(pull).catch((error: unknown) => {
        suspect(reasonOf(error));
        return undefined;
      });
      isAway = read === undefined;
      const deliveries = read ?? [];
      // Nothing came because nothing could: standing by, or the server is away. Not a reason to spin.
      const rest = Math.min(pull.waitMs, DISCOVER_MS) - (performance.now() - started);
      if (deliveries.length === 0 && rest > 0) await sleep(rest, pull.signal);
      return deliveries;
    },
    async commit(deliveries) {
      for (const delivery of deliveries) {
        if (delivery.generation === generation.number) generation.commit(delivery.position);
      }
      try {
        suspect(await generation.communicate());
      } catch (error) {
        // Kept in the cursors: the next pull tells it, or a step back makes it unnecessary.
        suspect(reasonOf(error));
      }
    },
    async close() {
      await generation.communicate().catch(() => undefined);
      await lease.release();
      reading.removeAllListeners("close");
      reading.disconnect();
    },
  };
}

/** What an error means for the cursors. Throws what no waiting mends. */
function reasonOf(error: unknown): ResetReason {
  const refusal = refusalOf(error);
  if (refusal !== undefined) throw refusal;
  // A fault of ours, which no waiting mends.
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error;
  const message = error instanceof Error ? error.message : "";
  if (message.includes("NOGROUP")) return "group-missing";
  if (message.includes("no such key") || message.includes("requires the key to exist")) return "stream-replaced";
  return "reconnected";
}

/** Says at most once in so many milliseconds that it is time. */
function every(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
