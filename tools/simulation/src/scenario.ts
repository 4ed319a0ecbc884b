import type { AnchorPolicy, Policy, Change, Entry } from "@etrap/batcher";
import { sampleChange } from "@etrap/batcher/testing";
import type { MemoryCarrier } from "@etrap/batcher/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import type { Random } from "./random.ts";

/** The circumstances of one simulation, apart from its faults. */
export interface Scenario {
  readonly policy: Policy;
  readonly maxBufferBytes: number;
  readonly drainMs: number;
  readonly writers: number;
  /** Undefined where batches are not anchored. */
  readonly anchorPolicy: AnchorPolicy | undefined;
  readonly streams: readonly string[];
  /** Events at the carrier and the store. */
  readonly incidents: readonly Incident[];
  /** The periods in which the store is away. */
  readonly outages: readonly Outage[];
  /** The time, in milliseconds from the start, after which no call has a fault. */
  readonly calmAt: number;
}

/** An event at the carrier or the store. `at` is in milliseconds from the start. */
interface Incident {
  readonly at: number;
  readonly apply: (carrier: MemoryCarrier, store: MemoryStore) => void;
}

/**
 * A period in which keys with this prefix cannot be created or read, in milliseconds from the
 * start.
 */
interface Outage {
  readonly from: number;
  readonly to: number;
  readonly prefix: string;
}

/**
 * The streams, each with the tables whose changes it carries. Two streams feed table `a`, and one
 * carries several tables.
 */
const STREAMS = { "etrap.public.a": ["a"], "etrap.public.b": ["b"], "etrap.mixed": ["a", "b", "c"] } as const;
const CALM_AT = 3_000;

/** Creates a random scenario. */
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
    // With two writers, one that has not yet found the slot taken would fill the hole, and no
    // reader could notice.
    incidents: [
      ...createIncidents(random, streams),
      ...(writers === 1 && random.chance(0.2) ? [createSlotLoss(random)] : []),
    ],
    outages: Array.from({ length: random.pick([0, 0, 1, 2]) }, () => createOutage(random)),
    calmAt: CALM_AT,
  };
}

function createIncidents(random: Random, streams: readonly (keyof typeof STREAMS)[]): Incident[] {
  const nextIds = new Map<string, number>();
  const count = 5 + random.below(25);
  const failsOver = random.chance(0.25);
  return Array.from({ length: count }, (_, number): Incident => {
    const stream = streams[random.below(streams.length)] ?? "etrap.public.a";
    const at = Math.floor((number * CALM_AT * 0.8) / count);
    const id = nextIds.get(stream) ?? 1;
    if (failsOver && id > 3 && random.chance(0.1)) {
      // A replica without the newest entries takes over. Their ids are given to other entries.
      const length = Math.max(0, id - 1 - random.below(4));
      nextIds.set(stream, length + 1);
      return { at, apply: (carrier) => carrier.failOver(stream, length) };
    }
    nextIds.set(stream, id + 1);
    const entry = createEntry(random, number, random.pick([...STREAMS[stream]]));
    // A gap comes right after the entry before it, in place of a lost one.
    if (entry.kind === "gap")
      return { at, apply: (carrier) => carrier.appendFields(stream, `${id - 1}-1`, { entry, fields: [] }) };
    const bytes = new TextEncoder().encode(JSON.stringify(entry) + (entry.kind === "poison" ? number : ""));
    return { at, apply: (carrier) => carrier.appendFields(stream, `${id}-0`, { entry, fields: [bytes] }) };
  });
}

/**
 * Creates a change of a table, or another entry. Each has its own `capturedAt` or bytes, by which
 * it is recognized in the ledger. Only a gap has neither.
 */
function createEntry(random: Random, number: number, table: string): Entry {
  const kind = random.next();
  if (kind < 0.06) return { kind: "poison", database: "erp", reason: "NOT_JSON" };
  if (kind < 0.14) return { kind: "skip", reason: "TOMBSTONE" };
  if (kind > 0.95) return { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" };
  // Some rows are equal in everything but the connector's clock, as rows of a table without a key
  // may be.
  const equal: Partial<Change> = { lsn: "7", txId: "7", txOrder: null, key: null, after: { v: "1" } };
  return sampleChange(number, { table, ...(kind < 0.3 ? equal : {}) });
}

function createAnchorPolicy(random: Random): AnchorPolicy {
  return {
    anchorFrom: random.fork("anchorFrom").pick(["now", "beginning"]),
    maxPerCall: random.pick([1, 3, 20]),
    maxMintRetries: random.pick([1, 3]),
    firstRetryMs: 20,
    longestRetryMs: 1_000,
    maxInMemory: random.pick([0, 2, 200]),
  };
}

/** Makes the store lose a slot that has a later one. It is restored when all is calm. */
function createSlotLoss(random: Random): Incident {
  const [at, fraction] = [500 + random.below(CALM_AT - 1_000), random.next()];
  const apply = (_: MemoryCarrier, store: MemoryStore): void => {
    const slots = store.keys().filter((key) => key.includes("/chain/"));
    const older = slots.filter((key, index) => slots[index + 1]?.split("/chain/")[0] === key.split("/chain/")[0]);
    const lost = older[Math.floor(older.length * fraction)];
    if (lost !== undefined) store.lose(lost);
  };
  return { at, apply };
}

function createOutage(random: Random): Outage {
  const from = random.below(CALM_AT);
  return {
    from,
    to: from + random.below(1_000),
    prefix: random.pick(["erp/a/", "erp/b/", "erp/~/", "erp/a/chain/", ""]),
  };
}
