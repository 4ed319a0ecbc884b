import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Arrival } from "../intake/arrival.ts";
import { createLane } from "./lane.ts";
import type { Lane } from "./lane.ts";
import type { HeldBatch } from "./open-batches.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const account = { database: "erp", schema: "public", table: "account" };
const policy = { batchSize: 3, maxBatchBytes: 1000, batchTimeoutMs: 60, minBatchSize: 1, forceBatchAfterMs: 300 };
const always = Number.POSITIVE_INFINITY;

function arrival(number: number, members: { stream?: string; size?: number; generation?: number } = {}): Arrival {
  const { stream = "s", ...rest } = members;
  const made = sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream));
  return { ...made, size: 10, ...rest };
}

/** Creates a lane with arrivals 0 … count−1, all checked and none of them recorded. */
function laneWith(count: number): Lane {
  const lane = createLane(account, policy, () => undefined);
  for (let number = 0; number < count; number += 1) lane.put(arrival(number), 0);
  while (lane.unchecked !== undefined) lane.answer(false);
  return lane;
}

function mustTake(lane: Lane): HeldBatch {
  const batch = lane.takeClosed(always);
  if (batch === undefined) throw new Error("expected a closed batch");
  return batch;
}

/** Returns `pending`, `resolved`, or the code that a promise was rejected with. */
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

/**
 * Answers that every unchecked arrival is recorded. Returns their numbers in the order of checking.
 */
function answerAll(lane: Lane): number[] {
  while (lane.unchecked !== undefined) lane.answer(true);
  return numbersOf(lane.recorded);
}

describe("a change in a lane", () => {
  test("is checked in the order of arrival, joins an open batch, is in flight, and is released", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const number of [0, 1, 2]) lane.put(arrival(number), 0);
    expect(lane.unchecked?.number).toBe(0);
    expect(lane.readyAt).toBe(always);
    while (lane.unchecked !== undefined) lane.answer(false);
    const batch = mustTake(lane);
    expect(numbersOf(batch.deliveries)).toEqual([0, 1, 2]);
    lane.noteSealed(batch, 500);
    expect([lane.changes, lane.bytes, lane.batchesInFlight, [...lane.streams]]).toEqual([3, 530, 1, ["s"]]);
    lane.release(batch);
    expect([lane.changes, lane.bytes, lane.batchesInFlight, [...lane.streams]]).toEqual([0, 0, 0, []]);
  });

  test("that is recorded joins no batch, and is held until it is committed", () => {
    const lane = createLane(account, policy, () => undefined);
    lane.put(arrival(0), 0);
    lane.answer(true);
    expect(numbersOf(lane.recorded)).toEqual([0]);
    expect(lane.takeClosed(always)).toBeUndefined();
    expect([lane.changes, lane.bytes]).toEqual([1, 10]);
    lane.releaseRecorded();
    expect([lane.changes, lane.bytes, lane.recorded]).toEqual([0, 0, []]);
  });

  test("is not affected by an answer when none is unchecked", () => {
    const lane = createLane(account, policy, () => undefined);
    lane.answer(true);
    expect(lane.recorded).toEqual([]);
  });
});

describe("checking again", () => {
  test("covers recorded, in-flight, open and unchecked changes, in the order of arrival", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const [number, stream] of ["a", "b", "a", "b", "a", "a", "b"].entries())
      lane.put(arrival(number, { stream }), 0);
    for (const isRecorded of [false, true, false, false, false, false]) lane.answer(isRecorded);
    // In flight: 0, 2 and 4 of stream a. In open batches: 3, 5. Recorded: 1. Unchecked: 6.
    lane.noteSealed(mustTake(lane), 500);
    lane.recheckAll(0);
    expect([lane.changes, lane.bytes, lane.batchesInFlight]).toEqual([7, 70, 0]);
    expect(answerAll(lane)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("drops the changes of an older generation, and no others", () => {
    const lane = createLane(account, policy, () => undefined);
    for (const [number, generation] of [0, 1, 1].entries()) lane.put(arrival(number, { generation }), 0);
    lane.recheckAll(1);
    expect([lane.changes, lane.bytes]).toEqual([2, 20]);
    expect(answerAll(lane)).toEqual([1, 2]);
  });
});

describe("a flush", () => {
  test("resolves at once when nothing is held", async () => {
    expect(await stateOf(createLane(account, policy, () => undefined).flush())).toBe("resolved");
  });

  test("closes the open batch, notifies, and resolves once the batch is released", async () => {
    const lane = laneWith(2);
    expect(lane.takeClosed(0)).toBeUndefined();
    const flush = lane.flush();
    expect(await stateOf(lane.wakeup.wait())).toBe("resolved");
    const batch = lane.takeClosed(0);
    expect(batch?.deliveries).toHaveLength(2);
    expect(await stateOf(flush)).toBe("pending");
    if (batch !== undefined) lane.release(batch);
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("waits for unchecked and for recorded changes", async () => {
    const lane = createLane(account, policy, () => undefined);
    for (const number of [0, 1]) lane.put(arrival(number), 0);
    lane.answer(true);
    const flush = lane.flush();
    lane.releaseRecorded();
    expect(await stateOf(flush)).toBe("pending");
    lane.answer(false);
    lane.release(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("does not wait for changes that arrive later", async () => {
    const lane = laneWith(3);
    const flush = lane.flush();
    lane.put(arrival(3), 0);
    lane.answer(false);
    lane.release(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
    expect(lane.changes).toBe(1);
    expect(lane.takeClosed(0)).toBeUndefined();
  });

  test("does not count changes that arrive later and are released earlier", async () => {
    const lane = laneWith(1);
    const flush = lane.flush();
    lane.put(arrival(1, { stream: "other" }), 0);
    lane.answer(true);
    lane.releaseRecorded();
    expect(await stateOf(flush)).toBe("pending");
    lane.release(mustTake(lane));
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("goes on when changes are checked again", async () => {
    const lane = laneWith(3);
    const flush = lane.flush();
    mustTake(lane);
    lane.recheckAll(0);
    expect(await stateOf(flush)).toBe("pending");
    answerAll(lane);
    lane.releaseRecorded();
    expect(await stateOf(flush)).toBe("resolved");
  });

  test("rejects with SOURCE_RESET when its changes are dropped", async () => {
    const lane = laneWith(2);
    const flush = lane.flush();
    lane.recheckAll(1);
    expect(await stateOf(flush)).toBe("SOURCE_RESET");
    expect(lane.changes).toBe(0);
  });

  test("rejects with the failure it is given, and the changes stay for another flush", async () => {
    const lane = laneWith(2);
    const flush = lane.flush();
    lane.failFlush(Object.assign(new Error("x"), { code: "SLOT_MISSING" }));
    expect(await stateOf(flush)).toBe("SLOT_MISSING");
    const again = lane.flush();
    lane.release(mustTake(lane));
    expect(await stateOf(again)).toBe("resolved");
  });
});

describe("the counts of a lane", () => {
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
    { weight: 1, arbitrary: fc.record({ type: fc.constant("releaseRecorded" as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("take" as const),
        now: fc.constantFrom(0, always),
        bytes: fc.option(fc.nat(5000)),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("release" as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("recheck" as const), stepsBack: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("flush" as const) }) },
  );

  test("are right after any steps in any order and end at zero, and a flush resolves once all its changes are released", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        let reported = 0;
        const lane = createLane(account, policy, (difference) => (reported += difference));
        let held = new Map<number, Counted>();
        const inFlight = new Map<HeldBatch, number>();
        const flushes: { readonly waitsFor: readonly number[]; readonly promise: Promise<void>; isDropped: boolean }[] =
          [];
        let [taken, generation] = [0, 0];
        const forget = (numbers: readonly number[]): void => {
          for (const number of numbers) expect(held.delete(number)).toBe(true);
        };

        for (const each of [...steps, { type: "recheck" as const, stepsBack: false }]) {
          if (each.type === "put") {
            lane.put(arrival(taken, { ...each, generation }), 0);
            held.set(taken, { number: taken, stream: each.stream, size: each.size, generation });
            taken += 1;
          } else if (each.type === "answer") lane.answer(each.isRecorded);
          else if (each.type === "releaseRecorded") {
            forget(numbersOf(lane.recorded));
            lane.releaseRecorded();
          } else if (each.type === "take") {
            const batch = lane.takeClosed(each.now);
            if (batch === undefined) continue;
            // A batch that cannot be sealed is split. One of a single change stays in flight until
            // all is checked again.
            const isSplit = each.bytes === null && batch.deliveries.length > 1;
            if (isSplit) lane.split(batch);
            else inFlight.set(batch, each.bytes ?? 0);
            if (each.bytes !== null) lane.noteSealed(batch, each.bytes);
          } else if (each.type === "release") {
            const [batch] = inFlight.keys();
            if (batch === undefined) continue;
            forget(numbersOf(batch.deliveries));
            inFlight.delete(batch);
            lane.release(batch);
          } else if (each.type === "recheck") {
            if (each.stepsBack) generation += 1;
            lane.recheckAll(generation);
            inFlight.clear();
            const kept = new Map([...held].filter(([, { generation: of }]) => of === generation));
            if (kept.size < held.size)
              for (const flush of flushes) flush.isDropped ||= flush.waitsFor.some((number) => held.has(number));
            held = kept;
          } else {
            const promise = lane.flush();
            promise.catch(() => undefined);
            flushes.push({ waitsFor: [...held.keys()], promise, isDropped: false });
          }

          const all = [...held.values()];
          expect(lane.changes).toBe(all.length);
          expect(lane.batchesInFlight).toBe(inFlight.size);
          expect(lane.bytes).toBe(
            [...all.map(({ size }) => size), ...inFlight.values()].reduce((sum, size) => sum + size, 0),
          );
          expect(reported).toBe(lane.bytes);
          expect(new Set(lane.streams)).toEqual(new Set(all.map(({ stream }) => stream)));
        }

        for (const { waitsFor, promise, isDropped } of flushes) {
          const waits = waitsFor.some((number) => held.has(number)) ? "pending" : "resolved";
          expect(await stateOf(promise)).toBe(isDropped ? "SOURCE_RESET" : waits);
        }
        expect(answerAll(lane)).toEqual([...held.keys()].toSorted((a, b) => a - b));
        lane.releaseRecorded();
        expect([lane.changes, lane.bytes, reported, lane.batchesInFlight, [...lane.streams]]).toEqual([0, 0, 0, 0, []]);
      }),
    );
  });
});
