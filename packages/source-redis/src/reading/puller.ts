import type { Delivery, Entry, PullOptions } from "@etrap/batcher";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import { trimStream } from "../streams/trim-stream.ts";
import { every } from "../wait/every.ts";
import { sleep } from "../wait/sleep.ts";
import type { Generation } from "./generation.ts";
import type { Generations } from "./generations.ts";
import type { RawEntry } from "./raw-entry.ts";
import type { Reader } from "./reader.ts";
import { resetReasonOf } from "./reset-reason.ts";

/** The time between two searches for new and changed streams, and the longest wait of one read. */
const DISCOVER_MS = 500;
const TRIM_MS = 2_000;

/** Pulls deliveries, as `ChangeSource` does. */
export interface Puller {
  readonly isAway: boolean;
  pull(options: PullOptions): Promise<Delivery[]>;
}

/** Options of `createPuller`. */
export interface PullerOptions {
  readonly client: Redis;
  readonly group: string;
  readonly database: string;
  readonly retentionMs: number | null;
  readonly generations: Generations;
  readonly reader: Reader;
  /** Takes or keeps the lease, and returns whether this agent holds it. */
  readonly lead: () => Promise<boolean>;
  readonly decode: (fields: readonly Uint8Array[]) => Entry;
  readonly onEvent: (event: RedisSourceEvent) => void;
}

/** Creates a puller. */
export function createPuller(options: PullerOptions): Puller {
  const { generations, reader, lead } = options;
  const maintain = createMaintenance(options);
  let isAway = false;

  /** Returns undefined where nothing could be read, which says nothing about what is left. */
  const pullNow = async (pull: PullOptions): Promise<Delivery[] | undefined> => {
    if (!(await lead())) return undefined;
    if (generations.pendingReset !== undefined) await generations.stepBack(generations.pendingReset);
    await maintain();
    if (generations.pendingReset !== undefined) return undefined;
    const { current } = generations;
    const waitMs = Math.min(pull.waitMs, DISCOVER_MS);
    const entries = await reader.read(current.cursors(pull.paused), { ...pull, waitMs });
    // The connection was lost while the reply was on its way. The reply may be another server's.
    if (generations.pendingReset !== undefined) return undefined;
    return entries.map((raw) => deliver(raw, current, options));
  };

  return {
    get isAway() {
      return isAway;
    },
    async pull(pull) {
      const started = performance.now();
      const read = await pullNow(pull).catch((error: unknown) => {
        generations.requestReset(resetReasonOf(error));
        return undefined;
      });
      isAway = read === undefined;
      const deliveries = read ?? [];
      // An empty list may come early: this agent is a standby, the server is away, or no stream is
      // open. Without the sleep the caller would ask in a tight loop.
      const restMs = Math.min(pull.waitMs, DISCOVER_MS) - (performance.now() - started);
      if (deliveries.length === 0 && restMs > 0) await sleep(restMs, pull.signal);
      return deliveries;
    },
  };
}

/**
 * Creates the work before each read: flushing commits, and from time to time looking for streams
 * and trimming.
 */
function createMaintenance({ client, group, retentionMs, generations, onEvent }: PullerOptions): () => Promise<void> {
  const isDiscoveryDue = every(DISCOVER_MS);
  const isTrimDue = every(TRIM_MS);

  const trim = async (retention: number): Promise<void> => {
    for (const stream of generations.current.streams) {
      const heldBackBy = await trimStream({ client, stream, group }, retention);
      if (heldBackBy !== undefined) onEvent({ type: "retention-held-back", stream, group: heldBackBy });
    }
  };

  return async () => {
    const { current } = generations;
    generations.requestReset(await current.flushCommits());
    if (current.streams.length === 0 || isDiscoveryDue()) generations.requestReset(await current.discover());
    if (retentionMs !== null && isTrimDue()) await trim(retentionMs);
  };
}

/** Notes an entry as read, and returns it decoded. */
function deliver(raw: RawEntry, generation: Generation, { database, decode }: PullerOptions): Delivery {
  const { stream, id, fields, size } = raw;
  const position = { stream, id };
  generation.read(position);
  const entry: Entry = raw.kind === "gap" ? { kind: "gap", database, reason: "TRIMMED_UNREAD" } : decode(fields);
  return { position, generation: generation.number, entry, fields, size };
}
