import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, sampleChain } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { createWorld, createWorldWithLostSlot, eventsOf, restoreSlot, startRun } from "./fixtures/batcher-world.ts";
import type { World } from "./fixtures/batcher-world.ts";
import { appendChanges, sleep, STREAM, waitUntil } from "./fixtures/real-clock.ts";
import type { Anchor, ChangeSource, Clock } from "./ports.ts";
import { createMemoryAnchor } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemorySource } from "./testing/memory-source.ts";
import { sampleWriter } from "./testing/sample-writer.ts";
import { createScheduler } from "./testing/scheduler.ts";
import { systemClock } from "./wait/system-clock.ts";

describe("a run", () => {
  test("is the only one of its batcher, and another batcher may run after it", async () => {
    const world = createWorld();
    const { stop } = startRun(world);
    expect(await world.outcome(world.batcher.run(new AbortController().signal))).toBe("ALREADY_STARTED");
    expect(await world.outcome(world.batcher.runOnce())).toBe("ALREADY_STARTED");
    expect(await stop()).toBeUndefined();
    expect(await world.outcome(world.batcher.runOnce())).toBe("ALREADY_STARTED");
    world.append("a", 1);
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1]);
  });

  test("reads nothing when its signal is aborted already", async () => {
    const world = createWorld();
    world.append("a", 1);
    expect(await world.outcome(world.batcher.run(AbortSignal.abort()))).toBeUndefined();
    expect(world.store.keys()).toEqual([]);
  });

  test("rejects at once with an error of the source, and another batcher may run after it", async () => {
    const errors = [Object.assign(new Error("x"), { code: "SOURCE_MISMATCH" })];
    const world = createWorld({}, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: async (options) => {
        const error = errors.pop();
        if (error !== undefined) throw error;
        return source.pull(options);
      },
    }));
    world.append("a", 1);
    expect(await world.outcome(world.batcher.run(new AbortController().signal))).toBe("SOURCE_MISMATCH");
    expect(world.batcher.status().isRunning).toBe(false);
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("1-0");
  });

  test("stores a backlog of 2,500 changes as batches of 1000, 1000 and 500", { timeout: 30_000 }, async () => {
    const world = createWorld();
    world.append("a", 2500);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1000, 1000, 500]);
    expect(world.carrier.committed("a")).toBe("2500-0");
  });

  test("closes a batch when it is due, and not earlier", async () => {
    const world = createWorld({ policy: { batchTimeoutMs: 5_000 } });
    const begin = world.now;
    const { stop } = startRun(world);
    world.append("a", 2);
    await world.until(() => eventsOf(world, "batch-stored").length > 0);
    expect(world.now - begin).toBeGreaterThanOrEqual(5_000);
    expect(world.now - begin).toBeLessThan(5_100);
    expect(await stop()).toBeUndefined();
  });
});

describe("the time for draining", () => {
  const drainMs = 1_000;

  test("does not limit runOnce while its signal is not aborted", async () => {
    const world = createWorld({ policy: { batchSize: 10 }, drainMs });
    world.append("a", 30);
    world.away.add("erp/");
    const done = world.batcher.runOnce();
    await world.pass(60_000);
    world.away.clear();
    expect(await world.outcome(done)).toBeUndefined();
    expect(eventsOf(world, "drain-timed-out")).toEqual([]);
    expect(world.carrier.committed("a")).toBe("30-0");
  });

  test("limits runOnce from the moment its signal is aborted", async () => {
    const world = createWorld({ drainMs });
    world.append("a", 3);
    world.away.add("erp/");
    const stop = new AbortController();
    const done = world.batcher.runOnce(stop.signal);
    await world.pass(10_000);
    stop.abort();
    const stopped = world.now;
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.now - stopped).toBe(drainMs);
    expect(eventsOf(world, "drain-timed-out")).toEqual([{ type: "drain-timed-out", changes: 3 }]);
  });
});

describe("a new batcher, after a run whose drain timed out,", () => {
  const runUntilTimedOut = async (world: World): Promise<void> => {
    world.away.add("erp/");
    const { stop } = startRun(world);
    world.append("a", 25);
    await world.until(() => world.batcher.status().chains[0]?.changes === 25);
    await world.pass(1_000);
    expect(await stop()).toBeUndefined();
    world.away.clear();
  };
  const options = { policy: { batchSize: 10 }, drainMs: 1_000 };

  test("records the changes that the first one held, each once and in order", async () => {
    const world = createWorld(options);
    await runUntilTimedOut(world);
    world.append("a", 10);
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([10, 10, 10, 5]);
    expect(world.carrier.committed("a")).toBe("35-0");
    expect(world.batcher.status()).toMatchObject({ changes: 0, bytes: 0, chains: [] });
  });

  test("finds the changes that are recorded already, and commits them", async () => {
    const world = createWorld(options);
    await runUntilTimedOut(world);
    // Another process may have recorded them, or a slot whose creation was under way.
    const other = createBatcher(
      { source: createUncommittingSource(world.carrier.open()), store: world.store, clock: world.clock },
      { ...sampleWriter, policy: { batchSize: 10 } },
    );
    expect(await world.outcome(other.runOnce())).toBeUndefined();
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([10, 10, 5]);
    expect(eventsOf(world, "redeliveries-dropped")).toMatchObject([{ count: 25 }]);
    expect(world.carrier.committed("a")).toBe("25-0");
  });

  test("records the changes that a refused chain held, once it can be written", async () => {
    const world = await createWorldWithLostSlot();
    world.append("a", 3);
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(world.batcher.status().chains).toMatchObject([
      { chain: sampleChain("a"), changes: 3, refusal: "SLOT_MISSING" },
    ]);
    await restoreSlot(world);
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1, 1, 3]);
  });

  test("records the changes of a pull that was abandoned", async () => {
    const late = Promise.withResolvers<void>();
    let pulls = 0;
    const world = createWorld({ drainMs: 1_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      async pull(pull) {
        const isFirst = (pulls += 1) === 1;
        const deliveries = await source.pull(pull);
        if (isFirst) await late.promise;
        return deliveries;
      },
    }));
    world.append("a", 2);
    const { stop } = startRun(world);
    await world.pass(1_000);
    expect(await stop()).toBeUndefined();
    late.resolve();
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([2]);
  });
});

/** A source that commits nothing, as one whose process is killed before it does. */
function createUncommittingSource(source: MemorySource): ChangeSource {
  return { generation: 0, pull: source.pull, commit: async () => undefined };
}

describe("a source whose pull never ends", () => {
  test("takes half of the time for draining, and leaves the rest for storing", async () => {
    let pulls = 0;
    const world = createWorld({ drainMs: 5_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: (options) => ((pulls += 1) === 1 ? source.pull(options) : new Promise(() => {})),
    }));
    world.append("a", 2);
    const { stop } = startRun(world);
    await world.until(() => pulls === 2);
    const stopped = world.now;
    expect(await stop()).toBeUndefined();
    expect(world.now - stopped).toBeGreaterThanOrEqual(2_500);
    expect(world.now - stopped).toBeLessThan(2_600);
    expect(eventsOf(world, "drain-timed-out")).toEqual([]);
    expect(world.carrier.committed("a")).toBe("2-0");
  });
});

test("a listener that throws ends the run with its error", async () => {
  const carrier = createMemoryCarrier();
  appendChanges(carrier, { first: 1, count: 1 });
  const onEvent = (): void => {
    throw new Error("boom");
  };
  const batcher = createBatcher({ source: carrier.open(), store: createMemoryStore() }, { ...sampleWriter, onEvent });
  await expect(batcher.runOnce()).rejects.toThrow("boom");
});

test("a clock that is set back makes no change wait longer", async () => {
  let offset = 0;
  const clock: Clock = { now: () => Date.now() + offset, sleep: systemClock.sleep };
  const carrier = createMemoryCarrier();
  const policy = { batchTimeoutMs: 300, forceBatchAfterMs: 500 };
  const stop = new AbortController();
  const ended = createBatcher(
    { source: carrier.open(), store: createMemoryStore(), clock },
    { ...sampleWriter, policy },
  ).run(stop.signal);
  appendChanges(carrier, { first: 1, count: 1 });
  await sleep(50);
  offset = -3_600_000;
  await waitUntil(() => carrier.committed(STREAM) === "1-0");
  stop.abort();
  await ended;
});

test("a run ends at its deadline although the anchor never answers", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 1 });
  let isCalled = false;
  const publish = (): Promise<never> => {
    isCalled = true;
    return new Promise(() => {});
  };
  const anchor: Anchor = { ...createMemoryAnchor(), publish };
  const options = { ...sampleWriter, policy: { batchSize: 1 }, drainMs: 100 };
  const stop = new AbortController();
  let isOver = false;
  const ended = createBatcher({ source: carrier.open(), store, anchor, clock: scheduler.clock }, options)
    .run(stop.signal)
    .finally(() => (isOver = true));
  const stepUntil = async (condition: () => boolean): Promise<void> => {
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (await settle(); !condition(); await settle()) await scheduler.step();
  };
  await stepUntil(() => isCalled);
  const stoppedAt = scheduler.now;
  stop.abort();
  await stepUntil(() => isOver);
  await ended;
  expect(scheduler.now - stoppedAt).toBeLessThanOrEqual(100);
});

test("batches that the last call to the anchor minted get their anchor.json, although the store is slow", async () => {
  const [carrier, memory, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  appendChanges(carrier, { first: 1, count: 1 });
  const stop = new AbortController();
  const last: Anchor = {
    ...anchor,
    publish: async (publications, signal) => {
      const outcomes = await anchor.publish(publications, signal);
      stop.abort();
      return outcomes;
    },
  };
  const store: ObjectStore = {
    ...memory,
    create: async (key, bytes) => {
      if (stop.signal.aborted) await sleep(20);
      return memory.create(key, bytes);
    },
  };
  const options = { ...sampleWriter, policy: { batchSize: 1 } };
  await createBatcher({ source: carrier.open(), store, anchor: last }, options).run(stop.signal);
  expect(memory.keys().filter((key) => key.endsWith("/anchor.json"))).toHaveLength(1);
});

test("another reader may begin before the last call to the anchor has ended, and after the last commit", async () => {
  const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  appendChanges(carrier, { first: 1, count: 1 });
  const stop = new AbortController();
  const steps: string[] = [];
  const last: Anchor = {
    ...anchor,
    publish: async (publications, signal) => {
      stop.abort();
      await waitUntil(() => steps.includes("released"));
      steps.push("published");
      return anchor.publish(publications, signal);
    },
  };
  const memory = carrier.open();
  const source: ChangeSource = {
    ...memory,
    pull: async (options) => memory.pull(options),
    commit: async (deliveries) => memory.commit(deliveries),
    release: async () => {
      expect(carrier.committed(STREAM)).toBe("1-0");
      steps.push("released");
    },
  };
  const options = { ...sampleWriter, policy: { batchSize: 1 } };
  await createBatcher({ source, store, anchor: last }, options).run(stop.signal);
  expect(steps.slice(0, 2)).toEqual(["released", "published"]);
});

test("a source that cannot be released ends no run and keeps none", async () => {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 1 });
  const memory = carrier.open();
  const release = async (): Promise<void> => {
    throw new Error("no");
  };
  const source: ChangeSource = { ...memory, pull: async (options) => memory.pull(options), release };
  await createBatcher({ source, store }, { ...sampleWriter, policy: { batchSize: 1 } }).runOnce();
  expect(carrier.committed(STREAM)).toBe("1-0");
});
