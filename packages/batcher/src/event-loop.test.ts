import { describe, expect, onTestFinished, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import type { BatcherOptions } from "./options/options.ts";
import { sleep } from "./fixtures/real-clock.ts";
import { append, ids, idsOf, runUntilQuiet, STREAM } from "./fixtures/run-until-quiet.ts";
import type { Anchor, ChangeSource, Entry } from "./ports.ts";
import { createMemoryAnchor } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier } from "./testing/memory-source.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

/** The number of calls without a turn of the event loop at which a loop is taken to spin. */
const MOST_CALLS = 1_000;

/**
 * Counts calls that settle at once. `isSpinning` turns true once so many came without a turn of the
 * event loop that no timer would ever fire again. From then on `call` never settles, which ends the
 * loop and lets the test fail.
 */
function watchSpinning(): { readonly isSpinning: () => boolean; call: () => Promise<void> } {
  let [calls, isSpinning] = [0, false];
  const reset = setInterval(() => (calls = 0), 0);
  onTestFinished(() => clearInterval(reset));
  return {
    isSpinning: () => isSpinning,
    async call() {
      calls += 1;
      setImmediate(() => (calls = 0));
      isSpinning ||= calls > MOST_CALLS;
      if (isSpinning) await new Promise(() => undefined);
    },
  };
}

const writer = sampleWriter;
const policy = { batchSize: 5 };

/** Runs a batcher for a while. Returns after it was stopped, or was found to spin. */
async function runFor(
  ms: number,
  ports: Parameters<typeof createBatcher>[0],
  options: Partial<BatcherOptions> = {},
): Promise<void> {
  const stop = new AbortController();
  const done = createBatcher(ports, { ...writer, policy, drainMs: 100, ...options }).run(stop.signal);
  done.catch(() => undefined);
  await sleep(ms);
  stop.abort();
  await Promise.race([done.catch(() => undefined), sleep(2_000)]);
}

/**
 * Opens a carrier of 61 entries that are all covered by the control chain, which holds the first
 * and the last of them. So each change is looked up there, in a store that takes its time.
 */
async function openCovered(): Promise<{
  readonly carrier: MemoryCarrier;
  readonly store: MemoryStore;
  readonly slow: ObjectStore;
}> {
  const [poisoned, carrier, store] = [createMemoryCarrier(), createMemoryCarrier(), createMemoryStore()];
  const entryAt = (number: number): Entry =>
    number % 60 === 1 ? { kind: "poison", database: "erp", reason: "NOT_JSON" } : sampleChange(number);
  for (const firstId of [1, 61]) {
    append(poisoned, 1, { firstId, entryAt });
    await runUntilQuiet(poisoned.open(), store, { policy });
  }
  append(carrier, 61, { entryAt });
  return { carrier, store, slow: { ...store, get: (key) => sleep(20).then(() => store.get(key)) } };
}

describe("the event loop turns", () => {
  test("while the source settles at once and a lane with a full batch asks the ledger", async () => {
    const { carrier, store, slow } = await openCovered();
    const source = carrier.open();
    const { isSpinning, call } = watchSpinning();
    let pulls = 0;
    const away: ChangeSource = {
      get generation() {
        return source.generation;
      },
      isAway: true,
      commit: source.commit,
      async pull(options) {
        pulls += 1;
        // Everything was read. Then the carrier goes away.
        if (pulls <= Math.ceil(61 / policy.batchSize)) return source.pull(options);
        await call();
        return [];
      },
    };
    await runFor(500, { source: away, store: slow });
    expect(isSpinning()).toBe(false);
    const { error } = await runUntilQuiet(carrier.open(), store, { policy });
    expect(error).toBeUndefined();
    expect(await idsOf(store)).toEqual(ids(59, 2));
  });

  test("and does not turn in vain while a lane with a full batch asks the ledger", async () => {
    const { carrier, slow } = await openCovered();
    const source = carrier.open();
    let pulls = 0;
    const pull: ChangeSource["pull"] = (options) => {
      pulls += 1;
      return source.pull({ ...options, waitMs: Math.min(options.waitMs, 20) });
    };
    await runFor(500, { source: { generation: 0, commit: source.commit, pull }, store: slow });
    expect(pulls).toBeLessThan(100);
  });

  test("while the source steps back at every look, and everything settles at once", async () => {
    const { isSpinning, call } = watchSpinning();
    let generation = 0;
    const deliveries = [sampleDelivery(sampleChange(1), "1-0", STREAM)];
    const source: ChangeSource = {
      get generation() {
        return (generation += 1);
      },
      commit: async () => undefined,
      async pull() {
        await call();
        return deliveries.splice(0).map((delivery) => ({ ...delivery, generation: generation + 1 }));
      },
    };
    const memory = createMemoryStore();
    const store: ObjectStore = { ...memory, get: (key) => call().then(() => memory.get(key)) };
    await runFor(100, { source, store });
    expect(isSpinning()).toBe(false);
  });

  test.each(["UNAVAILABLE", "KEY_CONFLICT", "ODD"])(
    "while the store fails at once with %s, and the clock settles at once",
    async (code) => {
      const { isSpinning, call } = watchSpinning();
      const carrier = createMemoryCarrier();
      append(carrier, 12);
      const clock = { now: () => Date.now(), sleep: call };
      const memory = createMemoryStore();
      const fail = (): Promise<never> =>
        call().then(() => {
          throw Object.assign(new Error("planned"), { code });
        });
      await runFor(100, { source: carrier.open(), store: { ...memory, create: fail }, clock });
      expect(isSpinning()).toBe(false);
    },
  );

  test("while the anchor and the store fail at once, also after the deadline", async () => {
    const { isSpinning, call } = watchSpinning();
    const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 12);
    const fail = (): Promise<never> =>
      call().then(() => {
        throw Object.assign(new Error("planned"), { code: "UNAVAILABLE" });
      });
    const anchor: Anchor = { ...createMemoryAnchor(), publish: fail };
    const store: ObjectStore = {
      ...memory,
      create: (key, bytes) => (key.endsWith("anchor.json") ? fail() : memory.create(key, bytes)),
    };
    const anchorPolicy = { firstRetryMs: 1, longestRetryMs: 1 };
    await runFor(100, { source: carrier.open(), store, anchor }, { drainMs: 0, anchorPolicy });
    await runFor(100, { source: carrier.open(), store, anchor: createMemoryAnchor() }, { drainMs: 0, anchorPolicy });
    expect(isSpinning()).toBe(false);
  });
});
