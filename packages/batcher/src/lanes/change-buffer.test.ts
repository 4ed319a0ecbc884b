import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Arrival } from "../intake/arrival.ts";
import type { Lane } from "./lane.ts";
import { createChangeBuffer, SLOW_MS } from "./change-buffer.ts";
import type { ChangeBuffer } from "./change-buffer.ts";
import { DEFAULT_POLICY } from "../options/policy.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const chain = (table: string): { database: string; schema: string; table: string } => ({
  database: "erp",
  schema: "public",
  table,
});

function arrival(number: number, size: number, stream = "s"): Arrival {
  return { ...sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream)), size };
}

const createBuffer = (maxBytes: number): ChangeBuffer =>
  createChangeBuffer({ maxBytes, policyOf: () => DEFAULT_POLICY, onNew: () => undefined });

/**
 * Puts one change into the lane of a table, unless it is over its share. Returns whether it did.
 */
function putUnlessOver(buffer: ChangeBuffer, table: number, size: number): boolean {
  const lane = buffer.laneOf(chain(`t${table}`));
  if (buffer.isOverShare(lane)) return false;
  lane.put(arrival(lane.changes, size, `s${table}`), 0);
  return true;
}

describe("the lanes of a buffer", () => {
  test("are one for each chain, each passed to onNew once", () => {
    const created: unknown[] = [];
    const buffer = createChangeBuffer({
      maxBytes: 1,
      policyOf: () => DEFAULT_POLICY,
      onNew: (lane) => created.push(lane.chain),
    });
    const lane = buffer.laneOf(chain("a"));
    expect(buffer.laneOf(chain("a"))).toBe(lane);
    expect(buffer.laneOf({ ...chain("a"), schema: "other" })).not.toBe(lane);
    expect(created).toEqual([chain("a"), { ...chain("a"), schema: "other" }]);
    expect([...buffer.lanes]).toHaveLength(2);
  });

  test("have their own policies", () => {
    const policyOf = ({ table }: { table: string | null }) => ({ ...DEFAULT_POLICY, batchSize: table === "a" ? 1 : 2 });
    const buffer = createChangeBuffer({ maxBytes: 1000, policyOf, onNew: () => undefined });
    const sizes = ["a", "b"].map((table) => {
      const lane = buffer.laneOf(chain(table));
      lane.put(arrival(0, 1), 0);
      lane.answer(false);
      return lane.takeClosed(0)?.deliveries.length;
    });
    expect(sizes).toEqual([1, undefined]);
  });

  test("share one limit, and notify when something is released", async () => {
    const buffer = createBuffer(100);
    const [a, b] = [buffer.laneOf(chain("a")), buffer.laneOf(chain("b"))];
    a.put(arrival(0, 70), 0);
    b.put(arrival(0, 50), 0);
    expect([buffer.changes, buffer.bytes, buffer.room]).toEqual([2, 120, -20]);
    let isNotified = false;
    const notified = buffer.freed.wait().then(() => (isNotified = true));
    await Promise.resolve();
    expect(isNotified).toBe(false);
    a.answer(true);
    a.releaseRecorded();
    await notified;
    expect([buffer.changes, buffer.bytes, buffer.room]).toEqual([1, 50, 50]);
  });

  test("report the time when the first of them has a batch ready", () => {
    const buffer = createBuffer(1000);
    expect(buffer.readyAt).toBe(Number.POSITIVE_INFINITY);
    for (const [table, at] of [
      ["a", 500],
      ["b", 200],
    ] as const) {
      buffer.laneOf(chain(table)).put(arrival(0, 1), at);
      buffer.laneOf(chain(table)).answer(false);
    }
    expect(buffer.readyAt).toBe(200 + DEFAULT_POLICY.batchTimeoutMs);
  });

  test("can be notified all at once", async () => {
    const buffer = createBuffer(1000);
    const notified = ["a", "b"].map((table) => buffer.laneOf(chain(table)).wakeup.wait());
    buffer.notifyAll();
    expect(await Promise.all(notified)).toHaveLength(2);
  });
});

test("notifyReady notifies only the lanes that have something to do or are over their share", async () => {
  const buffer = createBuffer(100);
  const [idle, open, unchecked, due, large] = ["idle", "open", "unchecked", "due", "large"].map((table) =>
    buffer.laneOf(chain(table)),
  );
  const now = DEFAULT_POLICY.batchTimeoutMs;
  for (const [lane, size, at] of [
    [open, 1, now],
    [unchecked, 1, now],
    [due, 1, 0],
    [large, 60, now],
  ] as const)
    lane?.put(arrival(0, size), at);
  for (const lane of [open, due, large]) lane?.answer(false);
  const notified = new Set<unknown>();
  for (const lane of [idle, open, unchecked, due, large]) void lane?.wakeup.wait().then(() => notified.add(lane));
  buffer.notifyReady(now);
  await new Promise((resolve) => setImmediate(resolve));
  expect(notified).toEqual(new Set([unchecked, due, large]));
});

describe("in a full buffer with many lanes", () => {
  /** Seals what a lane holds, if it may. Returns whether it did. */
  const sealIn = (buffer: ChangeBuffer, lane: Lane, now: number): boolean => {
    if (!buffer.maySeal(lane, now)) return false;
    const closed = lane.takeClosed(Number.POSITIVE_INFINITY);
    if (closed !== undefined) lane.noteSealed(closed, 100);
    return closed !== undefined;
  };
  /**
   * Creates a full buffer with lanes that each hold a change. The first sixteen have a batch in
   * flight.
   */
  const full = (count: number): { buffer: ChangeBuffer; each: Lane[] } => {
    const buffer = createBuffer(10);
    const each = Array.from({ length: count }, (_, table) => buffer.laneOf(chain(`t${table}`)));
    for (const lane of each) {
      lane.put(arrival(0, 1), 0);
      lane.answer(false);
    }
    expect(each.map((lane) => sealIn(buffer, lane, 0))).toEqual(each.map((_, place) => place < 16));
    return { buffer, each };
  };

  test("sixteen lanes seal a batch, and another one once one of these is released", async () => {
    const { buffer, each } = full(20);
    const [first, waits] = [each[0], each[16]];
    if (first === undefined || waits === undefined) throw new Error("expected twenty lanes");
    expect(each.map(buffer.isWaiting)).toEqual(each.map((_, place) => place >= 16));
    const notified = waits.wakeup.wait();
    first.recheckAll(0);
    await notified;
    expect(sealIn(buffer, waits, 0)).toBe(true);
    expect(buffer.isWaiting(waits)).toBe(false);
    expect(each.slice(17).some((lane) => sealIn(buffer, lane, 0))).toBe(false);
  });

  test("no lane waits longer than SLOW_MS for batches of others", () => {
    const { buffer, each } = full(40);
    const late = each.slice(16);
    expect(late.some((lane) => sealIn(buffer, lane, SLOW_MS - 1))).toBe(false);
    expect(late.filter((lane) => sealIn(buffer, lane, SLOW_MS))).toHaveLength(16);
    // A clock that is set back makes no lane wait longer.
    expect(late.filter((lane) => sealIn(buffer, lane, -SLOW_MS))).toHaveLength(8);
  });

  test("no lane seals a second batch, and none waits once there is room", () => {
    const { buffer, each } = full(20);
    const [first] = each;
    first?.put(arrival(1, 1), 0);
    first?.answer(false);
    expect(first && buffer.maySeal(first, SLOW_MS)).toBe(false);
    for (const lane of each) lane.recheckAll(1);
    expect(each.every((lane) => buffer.maySeal(lane, 0))).toBe(true);
    expect(each.some(buffer.isWaiting)).toBe(false);
  });
});

describe("the share of a lane", () => {
  test("is as much as is free, which is half of an empty buffer", () => {
    const buffer = createBuffer(100);
    const lane = buffer.laneOf(chain("a"));
    expect(buffer.isOverShare(lane)).toBe(false);
    lane.put(arrival(0, 50), 0);
    expect(buffer.isOverShare(lane)).toBe(false);
    lane.put(arrival(1, 1), 0);
    expect(buffer.isOverShare(lane)).toBe(true);
  });

  test("is exceeded by the lanes in overfull, with all their streams", () => {
    const buffer = createBuffer(100);
    buffer.laneOf(chain("a")).put(arrival(0, 40, "mixed"), 0);
    buffer.laneOf(chain("a")).put(arrival(0, 15, "a"), 0);
    buffer.laneOf(chain("b")).put(arrival(1, 5, "mixed"), 0);
    buffer.laneOf(chain("b")).put(arrival(0, 5, "b"), 0);
    expect(buffer.overfull().map(({ chain: { table }, streams }) => [table, ...streams])).toEqual([
      ["a", "mixed", "a"],
    ]);
  });

  test("is zero in a full buffer, so that every lane that holds something exceeds it", () => {
    const buffer = createBuffer(100);
    const [empty, small] = [buffer.laneOf(chain("empty")), buffer.laneOf(chain("small"))];
    small.put(arrival(0, 1), 0);
    for (const size of [99, 50]) {
      buffer.laneOf(chain("large")).put(arrival(0, size), 0);
      expect([buffer.isOverShare(empty), buffer.isOverShare(small)]).toEqual([false, true]);
    }
  });

  const MAX = 10_000;
  const many = fc.integer({ min: 1, max: 6 });
  const size = fc.integer({ min: 5, max: 50 });

  test(
    "leaves a (k+1)th of the buffer to others when k lanes fill in turns and never empty",
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(many, size, (k, bytes) => {
          const buffer = createBuffer(MAX);
          const putAll = (): boolean[] => Array.from({ length: k }, (_, table) => putUnlessOver(buffer, table, bytes));
          while (putAll().some(Boolean));
          expect(buffer.room).toBeGreaterThan(MAX / (k + 1) - (k + 1) * bytes);
          expect(buffer.overfull().length).toBe(k);
        }),
      );
    },
  );

  test(
    "leaves a 2ᵏth of the buffer, less two changes at most, when k lanes fill in any order and never empty",
    { timeout: 30_000 },
    () => {
      const order = fc.array(fc.record({ table: fc.nat(5), size, times: fc.integer({ min: 1, max: 300 }) }), {
        maxLength: 40,
      });
      fc.assert(
        fc.property(many, order, (k, puts) => {
          const buffer = createBuffer(MAX);
          for (const { table, size: bytes, times } of puts)
            for (let time = 0; time < times && putUnlessOver(buffer, table % k, bytes); time += 1);
          expect(buffer.room).toBeGreaterThanOrEqual(MAX / 2 ** k - 2 * 50);
          // A lane that holds nothing can always take a change.
          expect(putUnlessOver(buffer, 99, 1)).toBe(true);
        }),
      );
    },
  );
});
