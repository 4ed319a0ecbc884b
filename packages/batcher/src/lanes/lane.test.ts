import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Arrival } from "../reading/arrival.ts";
import { createLane } from "./lane.ts";
import type { Lane } from "./lane.ts";
import type { HeldBatch } from "./pool.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const account = { database: "erp", schema: "public", table: "account" };
const policy = { batchSize: 3, maxBatchBytes: 1000, batchTimeoutMs: 60, minBatchSize: 1, forceBatchAfterMs: 300 };
const always = Number.POSITIVE_INFINITY;

function arrival(number: number, members: { stream?: string; size?: number; generation?: number } = {}): Arrival {
  const { stream = "s", ...rest } = members;
  const made = sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream));
  return { ...made, size: 10, ...rest };
}

/** A lane with arrivals 0 … count−1 in it, all asked, none in the record. */
function laneWith(count: number): Lane {
  const lane = createLane(account, policy, () => undefined);
  for (let number = 0; number < count; number += 1) lane.put(arrival(number), 0);
  while (lane.unasked !== undefined) lane.answer(false);
  return lane;
}

function mustTake(lane: Lane): HeldBatch {
  const batch = lane.takeClosed(always);
  if (batch === undefined) throw new Error("expected a closed batch");
  return batch;
}

/** How a promise stands: pending, resolved, or the code it was rejected with. */
async function stateOf(promise: Promise<void>): Promise<string> {
  let state = "pending";
  promise.then(
    () => (state = "resolved"),
    (error: { code: string }) => (state = error.code),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return state;
}

const numbersOf = (held: readonly { readonly number: number }[]): number[] => held.map(({ number }) => number);

/** Answers for everything that is unasked, as if the record had it. Gives the numbers in the order of asking. */
function findAll(lane: Lane): number[] {
  while (lane.unasked !== undefined) lane.answer(true);
  return numbersOf(lane.found);
}

describe("a change on its way", () => {
  test("is asked for in the order of coming, then in an open batch, in flight, and gone", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const number of [0, 1, 2]) lane.put(arrival(number), 0);
    expect(lane.unasked?.number).toBe(0);
    expect(lane.readyAt).toBe(always);
    while (lane.unasked !== undefined) lane.answer(false);
    const batch = mustTake(lane);
    expect(numbersOf(batch.deliveries)).toEqual([0, 1, 2]);
    lane.sealed(batch, 500);
    expect([lane.changes, lane.bytes, lane.batchesInFlight, [...lane.streams]]).toEqual([3, 530, 1, ["s"]]);
    lane.gone(batch);
    expect([lane.changes, lane.bytes, lane.batchesInFlight, [...lane.streams]]).toEqual([0, 0, 0, []]);
  });

  test("that the record has is found, in no batch, and held until it is committed", () => {
    const lane = createLane(account, policy, () => undefined);
    lane.put(arrival(0), 0);
    lane.answer(true);
    expect(numbersOf(lane.found)).toEqual([0]);
    expect(lane.takeClosed(always)).toBeUndefined();
    expect([lane.changes, lane.bytes]).toEqual([1, 10]);
    lane.foundGone();
    expect([lane.changes, lane.bytes, lane.found]).toEqual([0, 0, []]);
  });

  test("an answer that nobody asked for changes nothing", () => {
    const lane = createLane(account, policy, () => undefined);
    lane.answer(true);
    expect(lane.found).toEqual([]);
  });
});

describe("asking again", () => {
  test("takes back what is found, in flight, in open batches and unasked, in the order of coming", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const [number, stream] of ["a", "b", "a", "b", "a", "a", "b"].entries())
      lane.put(arrival(number, { stream }), 0);
    for (const isRecorded of [false, true, false, false, false, false]) lane.answer(isRecorded);
    // In flight: 0, 2 and 4 of stream a. In open batches: 3, 5. Found: 1. Unasked: 6.
    lane.sealed(mustTake(lane), 500);
    lane.askAgain(0);
    expect([lane.changes, lane.bytes, lane.batchesInFlight]).toEqual([7, 70, 0]);
    expect(findAll(lane)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("drops those of an older generation, and of no other", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const [number, generation] of [0, 1, 1].entries()) lane.put(arrival(number, { generation }), 0);
    lane.askAgain(1);
    expect([lane.changes, lane.bytes]).toEqual([2, 20]);
    expect(findAll(lane)).toEqual([1, 2]);
  });
});

test("a lane lets go of everything, in the order of coming", () => {
  const lane = createLane(account, policy, () => undefined);
  for (const [number, stream] of ["a", "b", "a", "b", "a", "a", "b"].entries())
    lane.put(arrival(number, { stream }), 0);
  for (const isRecorded of [false, true, false, false, false, false]) lane.answer(isRecorded);
  lane.sealed(mustTake(lane), 500);
  expect(numbersOf(lane.letGo())).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([lane.changes, lane.bytes, lane.batchesInFlight, [...lane.streams]]).toEqual([0, 0, 0, []]);
});

describe("a flush", () => {
  test("of nothing resolves at once", async () => {
    expect(await stateOf(createLane(account, policy, () => undefined).flush())).toBe("resolved");
  });

  test("closes the open batch, rings, and resolves once that is gone", async () => {
    const lane = laneWith(2);
    expect(lane.takeClosed(0)).toBeUndefined();
    const flush = lane.flush();
    expect(await stateOf(lane.bell.heard())).toBe("resolved");
    const batch = lane.takeClosed(0);
    expect(batch?.deliveries).toHaveLength(2);
    expect(await stateOf(flush)).toBe("pending");
    if (batch !== undefined) lane.gone(batch);
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("waits for what is not asked yet, and for what is found", async () => {
    const lane = createLane(account, policy, () => undefined);
    for (const number of [0, 1]) lane.put(arrival(number), 0);
    lane.answer(true);
    const flush = lane.flush();
    lane.foundGone();
    expect(await stateOf(flush)).toBe("pending");
    lane.answer(false);
    lane.gone(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("does not wait for what comes later", async () => {
    const lane = laneWith(3);
    const flush = lane.flush();
    lane.put(arrival(3), 0);
    lane.answer(false);
    lane.gone(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
    expect(lane.changes).toBe(1);
    expect(lane.takeClosed(0)).toBeUndefined();
  });

  test("is not brought nearer by what comes later and is gone earlier", async () => {
    const lane = laneWith(1);
    const flush = lane.flush();
    lane.put(arrival(1, { stream: "other" }), 0);
    lane.answer(true);
    lane.foundGone();
    expect(await stateOf(flush)).toBe("pending");
    lane.gone(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("outlasts asking again", async () => {
    const lane = laneWith(3);
    const flush = lane.flush();
    mustTake(lane);
    lane.askAgain(0);
    expect(await stateOf(flush)).toBe("pending");
    findAll(lane);
    lane.foundGone();
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("rejects with STEPPED_BACK where what it waits for is dropped", async () => {
    const lane = laneWith(2);
    const flush = lane.flush();
    lane.askAgain(1);
    expect(await stateOf(flush)).toBe("STEPPED_BACK");
    expect(lane.changes).toBe(0);
  });

  test("rejects with what stands against it; the changes stay, for another flush", async () => {
    const lane = laneWith(2);
    const flush = lane.flush();
    lane.failFlush(Object.assign(new Error("x"), { code: "SLOT_MISSING" }));
    expect(await stateOf(flush)).toBe("SLOT_MISSING");
    const again = lane.flush();
    lane.gone(mustTake(lane));
    expect(await stateOf(again)).toBe("resolved");
  });
});

describe("its accounts", () => {
  interface Counted {
    readonly number: number;
    readonly stream: string;
    readonly size: number;
    readonly generation: number;
  }

  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("put" as const),
        stream: fc.constantFrom("a", "b", "c"),
        size: fc.nat(500),
      }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constant("answer" as const), isRecorded: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("foundGone" as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("take" as const),
        now: fc.constantFrom(0, always),
        bytes: fc.option(fc.nat(5000)),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("gone" as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("askAgain" as const), stepsBack: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("flush" as const) }) },
  );

  test("never drift, whatever happens in whatever order, and end at zero; a flush resolves once all that it met is gone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        let told = 0;
        const lane = createLane(account, policy, (difference) => (told += difference));
        let held = new Map<number, Counted>();
        const flying = new Map<HeldBatch, number>();
        const flushes: { readonly waitsFor: readonly number[]; readonly promise: Promise<void>; dropped: boolean }[] =
          [];
        let [taken, generation] = [0, 0];
        const forget = (numbers: readonly number[]): void => {
          for (const number of numbers) expect(held.delete(number)).toBe(true);
        };

        for (const each of [...steps, { type: "askAgain" as const, stepsBack: false }]) {
          if (each.type === "put") {
            lane.put(arrival(taken, { ...each, generation }), 0);
            held.set(taken, { number: taken, stream: each.stream, size: each.size, generation });
            taken += 1;
          } else if (each.type === "answer") lane.answer(each.isRecorded);
          else if (each.type === "foundGone") {
            forget(numbersOf(lane.found));
            lane.foundGone();
          } else if (each.type === "take") {
            const batch = lane.takeClosed(each.now);
            if (batch === undefined) continue;
            // One that cannot be sealed is split; where it cannot be, it stays in flight until all is asked again.
            const isSplit = each.bytes === null && batch.deliveries.length > 1;
            if (isSplit) lane.split(batch);
            else flying.set(batch, each.bytes ?? 0);
            if (each.bytes !== null) lane.sealed(batch, each.bytes);
          } else if (each.type === "gone") {
            const [batch] = flying.keys();
            if (batch === undefined) continue;
            forget(numbersOf(batch.deliveries));
            flying.delete(batch);
            lane.gone(batch);
          } else if (each.type === "askAgain") {
            if (each.stepsBack) generation += 1;
            lane.askAgain(generation);
            flying.clear();
            const kept = new Map([...held].filter(([, { generation: of }]) => of === generation));
            if (kept.size < held.size)
              for (const flush of flushes) flush.dropped ||= flush.waitsFor.some((number) => held.has(number));
            held = kept;
          } else {
            const promise = lane.flush();
            promise.catch(() => undefined);
            flushes.push({ waitsFor: [...held.keys()], promise, dropped: false });
          }

          const all = [...held.values()];
          expect(lane.changes).toBe(all.length);
          expect(lane.batchesInFlight).toBe(flying.size);
          expect(lane.bytes).toBe(
            [...all.map(({ size }) => size), ...flying.values()].reduce((sum, size) => sum + size, 0),
          );
          expect(told).toBe(lane.bytes);
          expect(new Set(lane.streams)).toEqual(new Set(all.map(({ stream }) => stream)));
        }

        for (const { waitsFor, promise, dropped } of flushes) {
          const waits = waitsFor.some((number) => held.has(number)) ? "pending" : "resolved";
          expect(await stateOf(promise)).toBe(dropped ? "STEPPED_BACK" : waits);
        }
        expect(findAll(lane)).toEqual([...held.keys()].toSorted((a, b) => a - b));
        lane.foundGone();
        expect([lane.changes, lane.bytes, told, lane.batchesInFlight, [...lane.streams]]).toEqual([0, 0, 0, 0, []]);
      }),
    );
  });
});
