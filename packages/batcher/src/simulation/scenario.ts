import type { AnchorPolicy } from "../anchoring/anchor-policy.ts";
import type { Policy } from "../lanes/policy.ts";
import type { Change, Entry } from "../ports.ts";
import { sampleChange } from "../testing/sample-delivery.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import type { Random } from "./random.ts";

/** What one simulated stretch of time is made of, apart from its faults. */
export interface Scenario {
  readonly policy: Policy;
  readonly maxBufferBytes: number;
  readonly drainMs: number;
  readonly writers: number;
  /** Undefined: batches are not anchored. */
  readonly anchorPolicy: AnchorPolicy | undefined;
  readonly streams: readonly string[];
  /** Things that happen to carrier and store, each at a time in milliseconds from the start. */
  readonly happenings: readonly Happening[];
  /** Stretches in which the store takes nothing under a prefix. */
  readonly outages: readonly Outage[];
  /** When everything becomes calm: no fault happens from then on. */
  readonly calmAt: number;
}

interface Happening {
  readonly at: number;
  readonly happen: (carrier: MemoryCarrier, store: MemoryStore) => void;
}

/** A stretch of time in which keys with this prefix cannot be created or read. */
interface Outage {
  readonly from: number;
  readonly to: number;
  readonly prefix: string;
}

/** Streams, and the tables whose changes each carries: two feed one table, and one carries two. */
const STREAMS = { "etrap.public.a": ["a"], "etrap.public.b": ["b"], "etrap.mixed": ["a", "b", "c"] } as const;
const CALM_AT = 3_000;

/** Makes a scenario up. */
export function createScenario(random: Random): Scenario {
  const batchSize = random.pick([2, 3, 5]);
  const writers = random.pick([1, 1, 2]);
  const streams = random.pick<(keyof typeof STREAMS)[]>([
    ["etrap.public.a"],
    ["etrap.public.a", "etrap.mixed"],
    ["etrap.public.a", "etrap.public.b", "etrap.mixed"],
  ]);
  return {
    policy: {
      batchSize,
      maxBatchBytes: random.pick([1 << 20, 2_000]),
      batchTimeoutMs: random.pick([0, 20, 100]),
      minBatchSize: random.pick([1, batchSize]),
      forceBatchAfterMs: random.pick([0, 50, 300]),
    },
    maxBufferBytes: random.pick([1 << 20, 6_000, 2_000]),
    drainMs: random.pick([0, 50, 1_000]),
    writers,
    anchorPolicy: random.chance(0.7) ? createAnchorPolicy(random) : undefined,
    streams,
    // With two writers, one that is yet to find the slot taken would fill the hole, and nobody could tell.
    happenings: [
      ...createHappenings(random, streams),
      ...(writers === 1 && random.chance(0.2) ? [createSlotLoss(random)] : []),
    ],
    outages: Array.from({ length: random.pick([0, 0, 1, 2]) }, () => createOutage(random)),
    calmAt: CALM_AT,
  };
}

function createHappenings(random: Random, streams: readonly (keyof typeof STREAMS)[]): Happening[] {
  const nextIds = new Map<string, number>();
  const count = 5 + random.below(25);
  const failsOver = random.chance(0.25);
  return Array.from({ length: count }, (_, number): Happening => {
    const stream = streams[random.below(streams.length)] ?? "etrap.public.a";
    const at = Math.floor((number * CALM_AT * 0.8) / count);
    const id = nextIds.get(stream) ?? 1;
    if (failsOver && id > 3 && random.chance(0.1)) {
      // A replica takes over that had not got the newest entries: their ids are given to others.
      const length = Math.max(0, id - 1 - random.below(4));
      nextIds.set(stream, length + 1);
      return { at, happen: (carrier) => carrier.failOver(stream, length) };
    }
    nextIds.set(stream, id + 1);
    const entry = createEntry(random, number, random.pick([...STREAMS[stream]]));
    // A gap stands right behind the entry before it, in the place of one that is lost.
    if (entry.kind === "gap") return { at, happen: (carrier) => carrier.append(stream, `${id - 1}-1`, entry, []) };
    const bytes = new TextEncoder().encode(JSON.stringify(entry) + (entry.kind === "poison" ? number : ""));
    return { at, happen: (carrier) => carrier.append(stream, `${id}-0`, entry, [bytes]) };
  });
}

/** Row `number` of a table, or something else. All but gaps have their own `capturedAt` or bytes, by which they are known again in the record. */
function createEntry(random: Random, number: number, table: string): Entry {
  const kind = random.next();
  if (kind < 0.06) return { kind: "poison", database: "erp", reason: "NOT_JSON" };
  if (kind < 0.14) return { kind: "skip", reason: "TOMBSTONE" };
  if (kind > 0.95) return { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" };
  // One of a few rows that are equal in everything but the connector's clock, as those of a table without a key may be.
  const equal: Partial<Change> = { lsn: "7", txId: "7", txOrder: null, key: null, after: { v: "1" } };
  return sampleChange(number, { table, ...(kind < 0.3 ? equal : {}) });
}

function createAnchorPolicy(random: Random): AnchorPolicy {
  return {
    maxPerCall: random.pick([1, 3, 20]),
    maxMintRetries: random.pick([1, 3]),
    firstRetryMs: 20,
    parkedRetryMs: 200,
    longestParkedMs: 1_000,
    maxInMemory: random.pick([0, 2, 200]),
  };
}

/** The store loses a slot behind which others stand. It is restored when all is calm. */
function createSlotLoss(random: Random): Happening {
  const [at, fraction] = [500 + random.below(CALM_AT - 1_000), random.next()];
  const happen = (_: MemoryCarrier, store: MemoryStore): void => {
    const slots = store.keys().filter((key) => key.includes("/chain/"));
    const older = slots.filter((key, index) => slots[index + 1]?.split("/chain/")[0] === key.split("/chain/")[0]);
    const lost = older[Math.floor(older.length * fraction)];
    if (lost !== undefined) store.lose(lost);
  };
  return { at, happen };
}

function createOutage(random: Random): Outage {
  const from = random.below(CALM_AT);
  return {
    from,
    to: from + random.below(1_000),
    prefix: random.pick(["erp/a/", "erp/b/", "erp/~/", "erp/a/chain/", ""]),
  };
}
