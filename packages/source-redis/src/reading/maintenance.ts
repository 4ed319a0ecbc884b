import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import { readMemoryFacts } from "../server/memory-facts.ts";
import { trimStream } from "../streams/trim-stream.ts";
import { every } from "../wait/every.ts";
import type { Generations } from "./generations.ts";

/** The time between two searches for new and changed streams. */
export const DISCOVER_MS = 500;
const TRIM_MS = 2_000;
const REPEAT_MS = 60_000;
/** The part of the server's memory that may be used before committed entries are trimmed early. */
const TIGHT = 0.9;

/** Options of `createMaintenance`. */
export interface MaintenanceOptions {
  readonly client: Redis;
  readonly group: string;
  readonly retentionMs: number | null;
  readonly generations: Generations;
  readonly onEvent: (event: RedisSourceEvent) => void;
}

/**
 * Creates the work before each read: flushing commits, and from time to time looking for streams
 * and trimming.
 */
export function createMaintenance(options: MaintenanceOptions): () => Promise<void> {
  const { client, group, generations, onEvent } = options;
  const isDiscoveryDue = every(DISCOVER_MS);
  const isTrimDue = every(TRIM_MS);
  const retentionNow = createRetention(options);

  const trim = async (): Promise<void> => {
    const retentionMs = await retentionNow();
    if (retentionMs === null) return;
    for (const stream of generations.current.streams) {
      const heldBackBy = await trimStream({ client, stream, group }, retentionMs);
      if (heldBackBy !== undefined) onEvent({ type: "retention-held-back", stream, group: heldBackBy });
    }
  };

  return async () => {
    const { current } = generations;
    generations.requestReset(await current.flushCommits());
    if (current.streams.length === 0 || isDiscoveryDue()) generations.requestReset(await current.discover());
    if (isTrimDue()) await trim();
  };
}

/**
 * Creates a function that returns the retention for now. While the server's memory is nearly full
 * it is 0, unless trimming is off: a full Redis takes no changes from Debezium.
 */
function createRetention({ client, retentionMs, onEvent }: MaintenanceOptions): () => Promise<number | null> {
  let isReportDue: (() => boolean) | undefined;
  return async () => {
    const { limit = 0, used = 0 } = await readMemoryFacts(client);
    if (limit === 0 || used < limit * TIGHT) {
      isReportDue = undefined;
      return retentionMs;
    }
    const trims = retentionMs === null ? "never" : retentionMs === 0 ? "always" : "early";
    isReportDue ??= every(REPEAT_MS);
    if (isReportDue()) onEvent({ type: "memory-nearly-full", used, limit, trims });
    return retentionMs === null ? null : 0;
  };
}
