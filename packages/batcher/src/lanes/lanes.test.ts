import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Arrival } from "../reading/arrival.ts";
import type { Lane } from "./lane.ts";
import { createLanes, SLOW_MS } from "./lanes.ts";
import type { Lanes } from "./lanes.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const chain = (table: string): { database: string; schema: string; table: string } => ({
  database: "erp",
  schema: "public",
  table,
});

function arrival(number: number, size: number, stream = "s"): Arrival {
  return { ...sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream)), size };
}

const lanesOf = (maxBytes: number): Lanes =>
  createLanes({ maxBytes, policyOf: () => DEFAULT_POLICY, onNew: () => undefined });

/** Puts one change into the lane of a table, unless it holds more than its share already. Says whether it did. */
function putUnlessOver(lanes: Lanes, table: number, size: number): boolean {
  const lane = lanes.laneOf(chain(`t${table}`));
  if (lanes.isOverShare(lane)) return false;
  lane.put(arrival(lane.changes, size, `s${table}`), 0);
  return true;
}

describe("the lanes", () => {
  test("are one for each chain, and each is told of once", () => {
    const told: unknown[] = [];
    const lanes = createLanes({ maxBytes: 1, policyOf: () => DEFAULT_POLICY, onNew: (lane) => told.push(lane.chain) });
    const lane = lanes.laneOf(chain("a"));
    expect(lanes.laneOf(chain("a"))).toBe(lane);
    expect(lanes.laneOf({ ...chain("a"), schema: "other" })).not.toBe(lane);
    expect(told).toEqual([chain("a"), { ...chain("a"), schema: "other" }]);
    expect([...lanes.all]).toHaveLength(2);
  });

  test("have their own policies", () => {
    const policyOf = ({ table }: { table: string | null }) => ({ ...DEFAULT_POLICY, batchSize: table === "a" ? 1 : 2 });
    const lanes = createLanes({ maxBytes: 1000, policyOf, onNew: () => undefined });
    const runs = ["a", "b"].map((table) => {
      const lane = lanes.laneOf(chain(table));
      lane.put(arrival(0, 1), 0);
      lane.answer(false);
      return lane.takeClosed(0)?.deliveries.length;
    });
    expect(runs).toEqual([1, undefined]);
  });

  test("share one buffer, and ring when something is let go of", async () => {
    const lanes = lanesOf(100);
    const [a, b] = [lanes.laneOf(chain("a")), lanes.laneOf(chain("b"))];
    a.put(arrival(0, 70), 0);
    b.put(arrival(0, 50), 0);
    expect([lanes.changes, lanes.bytes, lanes.room]).toEqual([2, 120, -20]);
    let rung = false;
    const heard = lanes.freed.heard().then(() => (rung = true));
    await Promise.resolve();
    expect(rung).toBe(false);
    a.answer(true);
    a.foundGone();
    await heard;
    expect([lanes.changes, lanes.bytes, lanes.room]).toEqual([1, 50, 50]);
  });

  test("say when the first of them has a batch ready", () => {
    const lanes = lanesOf(1000);
    expect(lanes.readyAt).toBe(Number.POSITIVE_INFINITY);
    for (const [table, at] of [
      ["a", 500],
      ["b", 200],
    ] as const) {
      lanes.laneOf(chain(table)).put(arrival(0, 1), at);
      lanes.laneOf(chain(table)).answer(false);
    }
    expect(lanes.readyAt).toBe(200 + DEFAULT_POLICY.batchTimeoutMs);
  });

  test("are rung all at once", async () => {
    const lanes = lanesOf(1000);
    const heard = ["a", "b"].map((table) => lanes.laneOf(chain(table)).bell.heard());
    lanes.ring();
    expect(await Promise.all(heard)).toHaveLength(2);
  });
});

test("of many lanes, those are rung that have something to do, or less room than before", async () => {
  const lanes = lanesOf(100);
  const [idle, open, unasked, due, large] = ["idle", "open", "unasked", "due", "large"].map((table) =>
    lanes.laneOf(chain(table)),
  );
  const now = DEFAULT_POLICY.batchTimeoutMs;
  for (const [lane, size, at] of [
    [open, 1, now],
    [unasked, 1, now],
    [due, 1, 0],
    [large, 60, now],
  ] as const)
    lane?.put(arrival(0, size), at);
  for (const lane of [open, due, large]) lane?.answer(false);
  const rung = new Set<unknown>();
  for (const lane of [idle, open, unasked, due, large]) void lane?.bell.heard().then(() => rung.add(lane));
  lanes.ringReady(now);
  await new Promise((resolve) => setImmediate(resolve));
  expect(rung).toEqual(new Set([unasked, due, large]));
});

describe("of many lanes in a full buffer", () => {
  /** Seals what a lane holds, if it may. Says whether it did. */
  const sealIn = (lanes: Lanes, lane: Lane, now: number): boolean => {
    if (!lanes.maySeal(lane, now)) return false;
    const closed = lane.takeClosed(Number.POSITIVE_INFINITY);
    if (closed !== undefined) lane.sealed(closed, 100);
    return closed !== undefined;
  };
  /** So many lanes, each with a change, of which the first sixteen have a batch on its way. */
  const full = (count: number): { lanes: Lanes; each: Lane[] } => {
    const lanes = lanesOf(10);
    const each = Array.from({ length: count }, (_, table) => lanes.laneOf(chain(`t${table}`)));
    for (const lane of each) {
      lane.put(arrival(0, 1), 0);
      lane.answer(false);
    }
    expect(each.map((lane) => sealIn(lanes, lane, 0))).toEqual(each.map((_, place) => place < 16));
    return { lanes, each };
  };

  test("sixteen seal a batch, and the next one once one of these is gone", async () => {
    const { lanes, each } = full(20);
    const [first, waits] = [each[0], each[16]];
    if (first === undefined || waits === undefined) throw new Error("expected twenty");
    expect(each.map(lanes.isWaiting)).toEqual(each.map((_, place) => place >= 16));
    const heard = waits.bell.heard();
    first.askAgain(0);
    await heard;
    expect(sealIn(lanes, waits, 0)).toBe(true);
    expect(lanes.isWaiting(waits)).toBe(false);
    expect(each.slice(17).some((lane) => sealIn(lanes, lane, 0))).toBe(false);
  });

  test("none waits for what does not come into the record", () => {
    const { lanes, each } = full(40);
    const late = each.slice(16);
    expect(late.some((lane) => sealIn(lanes, lane, SLOW_MS - 1))).toBe(false);
    expect(late.filter((lane) => sealIn(lanes, lane, SLOW_MS))).toHaveLength(16);
    // Nor for longer than that where the clock is set back.
    expect(late.filter((lane) => sealIn(lanes, lane, -SLOW_MS))).toHaveLength(8);
  });

  test("none seals a second batch, and none waits once there is room", () => {
    const { lanes, each } = full(20);
    const [first] = each;
    first?.put(arrival(1, 1), 0);
    first?.answer(false);
    expect(first && lanes.maySeal(first, SLOW_MS)).toBe(false);
    for (const lane of each) lane.letGo();
    expect(each.every((lane) => lanes.maySeal(lane, 0))).toBe(true);
    expect(each.some(lanes.isWaiting)).toBe(false);
  });
});

describe("a lane's share", () => {
  test("is what is free: a lane may hold half of an empty buffer, and no more", () => {
    const lanes = lanesOf(100);
    const lane = lanes.laneOf(chain("a"));
    expect(lanes.isOverShare(lane)).toBe(false);
    lane.put(arrival(0, 50), 0);
    expect(lanes.isOverShare(lane)).toBe(false);
    lane.put(arrival(1, 1), 0);
    expect(lanes.isOverShare(lane)).toBe(true);
  });

  test("the lanes over it are named, and with them their streams, also those that feed others as well", () => {
    const lanes = lanesOf(100);
    lanes.laneOf(chain("a")).put(arrival(0, 40, "mixed"), 0);
    lanes.laneOf(chain("a")).put(arrival(0, 15, "a"), 0);
    lanes.laneOf(chain("b")).put(arrival(1, 5, "mixed"), 0);
    lanes.laneOf(chain("b")).put(arrival(0, 5, "b"), 0);
    expect(lanes.overfull().map(({ chain: { table }, streams }) => [table, ...streams])).toEqual([["a", "mixed", "a"]]);
  });

  test("in a full buffer every lane that holds something is over it, and an empty one is not", () => {
    const lanes = lanesOf(100);
    const [empty, small] = [lanes.laneOf(chain("empty")), lanes.laneOf(chain("small"))];
    small.put(arrival(0, 1), 0);
    for (const size of [99, 50]) {
      lanes.laneOf(chain("large")).put(arrival(0, size), 0);
      expect([lanes.isOverShare(empty), lanes.isOverShare(small)]).toEqual([false, true]);
    }
  });

  const MAX = 10_000;
  const many = fc.integer({ min: 1, max: 6 });
  const size = fc.integer({ min: 5, max: 50 });

  test(
    "k lanes that fill in turns and never empty leave a (k+1)th of the buffer to the others",
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(many, size, (k, bytes) => {
          const lanes = lanesOf(MAX);
          const putAll = (): boolean[] => Array.from({ length: k }, (_, table) => putUnlessOver(lanes, table, bytes));
          while (putAll().some(Boolean));
          expect(lanes.room).toBeGreaterThan(MAX / (k + 1) - (k + 1) * bytes);
          expect(lanes.overfull().length).toBe(k);
        }),
      );
    },
  );

  test(
    "k lanes that fill in whatever order and never empty leave a 2ᵏth, and less by two changes at most",
    { timeout: 30_000 },
    () => {
      const order = fc.array(fc.record({ table: fc.nat(5), size, times: fc.integer({ min: 1, max: 300 }) }), {
        maxLength: 40,
      });
      fc.assert(
        fc.property(many, order, (k, puts) => {
          const lanes = lanesOf(MAX);
          for (const { table, size: bytes, times } of puts)
            for (let time = 0; time < times && putUnlessOver(lanes, table % k, bytes); time += 1);
          expect(lanes.room).toBeGreaterThanOrEqual(MAX / 2 ** k - 2 * 50);
          // Who has nothing yet can always put something.
          expect(putUnlessOver(lanes, 99, 1)).toBe(true);
        }),
      );
    },
  );
});
