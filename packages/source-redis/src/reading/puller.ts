import type { Delivery, Entry, PullOptions } from "@etrap/batcher";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import type { ServerWatch } from "../server/server-watch.ts";
import { sleep } from "../wait/sleep.ts";
import type { Generation } from "./generation.ts";
import type { Generations } from "./generations.ts";
import type { Lease } from "./lease.ts";
import { createMaintenance, DISCOVER_MS } from "./maintenance.ts";
import type { RawEntry } from "./raw-entry.ts";
import type { Reader } from "./reader.ts";
import type { ResetReason } from "./reset-reason.ts";

/** Pulls deliveries, as `ChangeSource` does. */
export interface Puller {
  readonly isAway: boolean;
  pull(options: PullOptions): Promise<Delivery[]>;
}

/** Options of `createPuller`. */
export interface PullerOptions {
  readonly client: Redis;
  readonly watch: ServerWatch;
  /** Notes a failed pull, or throws what waiting does not help with. */
  readonly noteFailure: (error: unknown) => undefined;
  readonly group: string;
  readonly database: string;
  readonly retentionMs: number | null;
  readonly generations: Generations;
  readonly reader: Reader;
  readonly lease: Pick<Lease, "isHeld">;
  /** Takes or keeps the lease, and returns whether this agent holds it. */
  readonly lead: () => Promise<boolean>;
  readonly decode: (fields: readonly Uint8Array[]) => Entry;
  readonly onEvent: (event: RedisSourceEvent) => void;
}

/** How often a standby asks for the lease, in milliseconds: the pause of an upgrade. */
const STANDBY_MS = 250;

/** Creates a puller. */
export function createPuller(options: PullerOptions): Puller {
  const { generations, reader, lead, watch } = options;
  const maintain = createMaintenance(options);
  let isAway = false;
  let isLeading = true;

  /** Returns undefined where nothing could be read, which says nothing about what is left. */
  const pullNow = async (pull: PullOptions): Promise<Delivery[] | undefined> => {
    isLeading = await lead();
    if (!isLeading) {
      watch.works();
      return undefined;
    }
    if (generations.pendingReset !== undefined) await generations.stepBack(generations.pendingReset);
    await maintain();
    if (generations.pendingReset !== undefined) return undefined;
    const { current } = generations;
    const waitMs = Math.min(pull.waitMs, DISCOVER_MS);
    const entries = await reader.read(current.cursors(pull.paused), { ...pull, waitMs });
    generations.requestReset(await reasonToDrop(entries, current, options));
    // A connection was lost while the reply was on its way. The reply may be another server's.
    if (generations.pendingReset !== undefined) return undefined;
    watch.works();
    for (const cursor of current.cursors()) cursor.report();
    return entries.map((raw) => deliver(raw, current, options));
  };

  return {
    get isAway() {
      return isAway;
    },
    async pull(pull) {
      const started = performance.now();
      const read = await pullNow(pull).catch(options.noteFailure);
      isAway = read === undefined;
      const deliveries = read ?? [];
      // An empty list may come early: this agent is a standby, the server is away, or no stream is
      // open. Without the sleep, which takes a turn even of 0 ms, the caller would ask in a tight
      // loop, and no reply of the server would be seen again.
      const mostMs = isLeading ? DISCOVER_MS : STANDBY_MS;
      const restMs = Math.min(pull.waitMs, mostMs) - (performance.now() - started);
      if (deliveries.length === 0) await sleep(Math.max(0, restMs), pull.signal);
      return deliveries;
    },
  };
}

/**
 * Returns a reason not to hand over what was read: the lease was lost meanwhile, so that another
 * agent may have recorded, committed and trimmed what seems to be lost.
 */
async function reasonToDrop(
  entries: readonly RawEntry[],
  generation: Generation,
  { lease }: PullerOptions,
): Promise<ResetReason | undefined> {
  const gaps = new Set(entries.filter(({ kind }) => kind === "gap").map(({ stream }) => stream));
  const doubtful = generation.cursors().filter(({ stream, isUnreported }) => isUnreported || gaps.has(stream));
  if (doubtful.length > 0 && !(await generation.mayReport(doubtful))) return "lease-lost";
  return lease.isHeld() && generation.isOfThisTerm ? undefined : "lease-lost";
}

/** Notes an entry as read, and returns it decoded. */
function deliver(raw: RawEntry, generation: Generation, { database, decode }: PullerOptions): Delivery {
  const { stream, id, fields, size } = raw;
  const position = { stream, id };
  generation.read(position);
  const entry: Entry = raw.kind === "gap" ? { kind: "gap", database, reason: "TRIMMED_UNREAD" } : decode(fields);
  return { position, generation: generation.number, entry, fields, size };
}
