import { slotKey } from "@etrap/proof";
import type { Receipt } from "@etrap/proof";
import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import type { Anchor, ChangeSource, Clock, ObjectStore } from "./ports.ts";
import { createScheduler } from "./simulation/scheduler.ts";
import { systemClock } from "./waiting/system-clock.ts";
import { createMemoryAnchor, MemoryAnchorError } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier } from "./testing/memory-source.ts";
import { createMemoryStore, MemoryStoreError } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

const STREAM = "etrap.public.account";
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function append(carrier: MemoryCarrier, first: number, count: number, table = "account"): void {
  const stream = table === "account" ? STREAM : `etrap.public.${table}`;
  for (let number = first; number < first + count; number += 1)
    carrier.append(stream, `${number}-0`, sampleChange(number, { table }));
}

const slotsOf = (store: MemoryStore): string[] => store.keys().filter((key) => key.includes("/chain/"));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test.each([0, 1])(
  "what an anchor said against a store that was set back counts while it is away, with %i slots left",
  async (left) => {
    const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
    append(carrier, 1, 3);
    const options = { ...sampleWriter, policy: { batchSize: 1 } };
    await createBatcher({ source: carrier.open(), store, anchor }, options).runOnce();
    for (const key of slotsOf(store).slice(left)) store.lose(key);
    append(carrier, 4, 1);

    let isAway = false;
    const flaky: Anchor = {
      ...anchor,
      chainHead: async (chain) => {
        if (isAway) throw new MemoryAnchorError("UNAVAILABLE", "planned");
        return anchor.chainHead(chain);
      },
    };
    const events: BatcherEvent[] = [];
    const stop = new AbortController();
    const batcher = createBatcher(
      { source: carrier.open(), store, anchor: flaky },
      {
        ...options,
        anchorPolicy: { firstRetryMs: 10, parkedRetryMs: 20 },
        onEvent: (event) => void events.push(event),
      },
    );
    const ended = batcher.run(stop.signal).catch((error: unknown) => error);
    const refusals = (): number => events.filter(({ type }) => type === "chain-refused").length;
    await until(() => refusals() >= 2);
    isAway = true;
    const before = refusals();
    await until(() => refusals() >= before + 2);
    stop.abort();
    expect(await ended).toMatchObject({ code: "HEAD_ROLLED_BACK" });
    expect(slotsOf(store)).toHaveLength(left);
  },
);

test("a store's error without a code refuses its chain, and ends nothing for the others", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 1, 1, "a");
  append(carrier, 1, 1, "b");
  let [creates, gets, lists] = [0, 0, 0];
  const store: ObjectStore = {
    create: async (key, bytes) => {
      if (key.startsWith("erp/a/") && (creates += 1) === 1) throw new Error("boom");
      return memory.create(key, bytes);
    },
    // One that is no promise at all.
    get: (key) => {
      if (key.startsWith("erp/a/") && (gets += 1) === 1) throw new Error("boom");
      return memory.get(key);
    },
    list: (prefix, after) => {
      if (prefix.startsWith("erp/a/") && (lists += 1) === 1) throw new Error("boom");
      return memory.list(prefix, after);
    },
  };
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const options = { ...sampleWriter, policy: { forceBatchAfterMs: 0 }, onEvent };
  const batcher = createBatcher({ source: carrier.open(), store }, options);
  const stop = new AbortController();
  const ended = batcher.run(stop.signal);
  await until(() => slotsOf(memory).length === 2);
  stop.abort();
  await ended;
  const refusals = events.filter(({ type }) => type === "chain-refused");
  expect(refusals).toHaveLength(3);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "STORE_FAILED", chain: { table: "a" } });
});

test("an error without a code ends the run, and every flush, with it", async () => {
  const carrier = createMemoryCarrier();
  append(carrier, 1, 1);
  const open = (): ReturnType<typeof createBatcher> => {
    const source = carrier.open();
    source.commit = async () => {
      throw new Error("boom");
    };
    return createBatcher({ source, store: createMemoryStore() }, { ...sampleWriter, drainMs: 100 });
  };
  await expect(open().runOnce()).rejects.toThrow("boom");
  const batcher = open();
  const ended = batcher.run(new AbortController().signal).catch((error: unknown) => error);
  await sleep(20);
  await expect(batcher.flush()).rejects.toThrow("boom");
  expect(await ended).toMatchObject({ message: "boom" });
});

test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, "9" as unknown as number])(
  "a delivery of %s bytes ends the run: what is held could not be bounded",
  async (size) => {
    const source: ChangeSource = {
      generation: 0,
      pull: async () => [{ ...sampleDelivery(sampleChange(1), "1-0", STREAM), size }],
      commit: async () => expect.fail(),
    };
    const batcher = createBatcher({ source, store: createMemoryStore() }, sampleWriter);
    await expect(batcher.runOnce()).rejects.toMatchObject({ code: "BAD_DELIVERY" });
  },
);

test("a delivery with members of its own is what its entry says", async () => {
  const [store, commits]: [MemoryStore, string[]] = [createMemoryStore(), []];
  const skip = { kind: "skip", reason: "TOMBSTONE", position: { stream: STREAM, id: "2-0" } } as const;
  const deliveries = [
    { ...sampleDelivery(sampleChange(1), "1-0", STREAM), reason: "mine", kind: "skip" },
    sampleDelivery(skip, "2-0", STREAM),
  ];
  const source: ChangeSource = {
    generation: 0,
    pull: async () => deliveries.splice(0),
    commit: async (given) => void commits.push(...given.map(({ position }) => position.id)),
  };
  await createBatcher({ source, store }, sampleWriter).runOnce();
  expect(commits).toEqual(["2-0", "1-0"]);
  expect(slotsOf(store)).toHaveLength(1);
});

/** A source of changes of so many MiB each: as a carrier would have it that compresses, few bytes received make many. */
function compressedSource(mebibytes: number, count: number): { source: ChangeSource; commits: string[] } {
  const after = { id: "1", text: "x".repeat(mebibytes << 20) };
  const deliveries = Array.from({ length: count }, (_, index) => ({
    ...sampleDelivery(sampleChange(index), `${index + 1}-0`, STREAM),
    entry: sampleChange(index, { before: null, after }),
  }));
  const commits: string[] = [];
  const source: ChangeSource = {
    generation: 0,
    pull: async () => deliveries.splice(0),
    commit: async (given) => void commits.push(...given.map(({ position }) => position.id)),
  };
  return { source, commits };
}

test("a batch whose documents no reader would take is split", async () => {
  const { source, commits } = compressedSource(130, 2);
  const store = createMemoryStore();
  await createBatcher({ source, store }, sampleWriter).runOnce();
  expect(slotsOf(store)).toHaveLength(2);
  expect(commits).toEqual(["1-0", "2-0"]);
});

test("a change that is alone too large for any reader refuses its chain, and is not committed", async () => {
  const { source, commits } = compressedSource(257, 1);
  const batcher = createBatcher({ source, store: createMemoryStore() }, sampleWriter);
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "BATCH_TOO_LARGE" });
  expect(commits).toEqual([]);
});

test("a listener that throws ends the run with what it threw", async () => {
  const carrier = createMemoryCarrier();
  append(carrier, 1, 1);
  const onEvent = (): void => {
    throw new Error("deaf");
  };
  const batcher = createBatcher({ source: carrier.open(), store: createMemoryStore() }, { ...sampleWriter, onEvent });
  await expect(batcher.runOnce()).rejects.toThrow("deaf");
});

test("an outage of one table fills the buffer for no other, and keeps nobody busy", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 1, 4_000, "b");
  const store: ObjectStore = {
    ...memory,
    create: async (key, bytes) => {
      if (key.startsWith("erp/b/")) throw new MemoryStoreError("UNAVAILABLE", "planned");
      return memory.create(key, bytes);
    },
  };
  const source = carrier.open();
  let pulls = 0;
  const counted = {
    ...source,
    get generation() {
      return source.generation;
    },
    pull: (options: Parameters<typeof source.pull>[0]) => {
      pulls += 1;
      return source.pull(options);
    },
  };
  const stop = new AbortController();
  const ended = createBatcher(
    { source: counted, store },
    {
      ...sampleWriter,
      policy: { maxBatchBytes: 80_000, batchTimeoutMs: 20 },
      maxBufferBytes: 1 << 20,
      drainMs: 100,
    },
  ).run(stop.signal);
  await sleep(500);
  append(carrier, 1, 5, "a");
  await until(() => carrier.committed("etrap.public.a") === "5-0");
  pulls = 0;
  await sleep(1_000);
  // While a stream is paused, the source is asked every 50 ms.
  expect(pulls).toBeLessThan(60);
  stop.abort();
  await ended;
});

test("a single run does not take a source that steps back for one that has nothing more", async () => {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 1, 3);
  const source = carrier.open();
  let pulls = 0;
  const stepping: ChangeSource = {
    get generation() {
      return source.generation;
    },
    commit: source.commit,
    async pull(options) {
      pulls += 1;
      if (pulls !== 2) return source.pull(options);
      source.stepBack();
      return [];
    },
  };
  await createBatcher({ source: stepping, store }, sampleWriter).runOnce();
  expect(carrier.committed(STREAM)).toBe("3-0");
});

test("a single run ends by its deadline though the anchor never answers", async () => {
  const carrier = createMemoryCarrier();
  append(carrier, 1, 1);
  const anchor: Anchor = { ...createMemoryAnchor(), publish: () => new Promise(() => {}) };
  const [store, events]: [MemoryStore, BatcherEvent[]] = [createMemoryStore(), []];
  const options = { ...sampleWriter, drainMs: 100, onEvent: (event: BatcherEvent): void => void events.push(event) };
  await createBatcher({ source: carrier.open(), store, anchor }, options).runOnce();
  expect(slotsOf(store)).toHaveLength(1);
  // All was stored: nothing was cut that a drain is for.
  expect(events.map(({ type }) => type)).not.toContain("drain-cut");
});

test("a run ends by its deadline though the anchor never answers", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  append(carrier, 1, 1);
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
  const stepUntil = async (isSo: () => boolean): Promise<void> => {
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (await settle(); !isSo(); await settle()) await scheduler.step();
  };
  await stepUntil(() => isCalled);
  const asked = scheduler.now;
  stop.abort();
  await stepUntil(() => isOver);
  await ended;
  expect(scheduler.now - asked).toBeLessThanOrEqual(100);
});

test("what the last call to the anchor minted gets its anchor.json, though the store takes its time", async () => {
  const [carrier, memory, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  append(carrier, 1, 1);
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

test("a chain that is refused keeps a single run from anchoring no other", async () => {
  const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  append(carrier, 1, 1, "a");
  append(carrier, 1, 1, "b");
  await store.create(slotKey({ database: "erp", schema: "public", table: "a" }, 0), new TextEncoder().encode("{}"));
  const batcher = createBatcher({ source: carrier.open(), store, anchor }, sampleWriter);
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "RECORD_DAMAGED" });
  expect(anchor.minted).toHaveLength(1);
});

test("a slot that is taken by nothing that can be read refuses its chain, and a flush is told", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 1, 1);
  const store: ObjectStore = {
    ...memory,
    create: async (key, bytes) => {
      if (key.includes("/chain/")) throw new MemoryStoreError("KEY_CONFLICT", "a folder");
      return memory.create(key, bytes);
    },
  };
  const batcher = createBatcher({ source: carrier.open(), store }, { ...sampleWriter, drainMs: 100 });
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "RECORD_DAMAGED" });
});

test("an outage that a chain's reading met is told to be over", async () => {
  const [carrier, memory, events]: [MemoryCarrier, MemoryStore, BatcherEvent[]] = [
    createMemoryCarrier(),
    createMemoryStore(),
    [],
  ];
  append(carrier, 1, 1);
  let gets = 0;
  const store: ObjectStore = {
    ...memory,
    get: async (key) => {
      if ((gets += 1) <= 2) throw new MemoryStoreError("UNAVAILABLE", "planned");
      return memory.get(key);
    },
  };
  const options = { ...sampleWriter, onEvent: (event: BatcherEvent): void => void events.push(event) };
  await createBatcher({ source: carrier.open(), store }, options).runOnce();
  const types = events.map(({ type }) => type).filter((type) => type.startsWith("store-"));
  expect(types).toEqual(["store-waiting", "store-waiting", "store-back"]);
});

test("an anchor.json that cannot be written holds up the anchoring of no other chain", async () => {
  const [carrier, memory, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  const store: ObjectStore = {
    ...memory,
    create: async (key, bytes) => {
      if (key.startsWith("erp/a/") && key.endsWith("/anchor.json"))
        throw new MemoryStoreError("UNAVAILABLE", "planned");
      return memory.create(key, bytes);
    },
  };
  const stop = new AbortController();
  const batcher = createBatcher(
    { source: carrier.open(), store, anchor },
    { ...sampleWriter, policy: { batchSize: 1 }, drainMs: 100 },
  );
  const ended = batcher.run(stop.signal);
  append(carrier, 1, 1, "a");
  await until(() => anchor.minted.length === 1);
  append(carrier, 1, 3, "b");
  await until(() => memory.keys().filter((key) => key.endsWith("/anchor.json")).length === 3);
  stop.abort();
  await ended;
  // And the one is minted once, however often it was tried.
  expect(anchor.minted).toHaveLength(4);
});

test("no anchor.json is written from another batch's receipt", async () => {
  const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  append(carrier, 1, 2);
  const crossed: Anchor = {
    ...anchor,
    publish: async (publications, signal) => (await anchor.publish(publications, signal)).toReversed(),
  };
  const options = { ...sampleWriter, policy: { batchSize: 1 } };
  await createBatcher({ source: carrier.open(), store, anchor: crossed }, options).runOnce();
  expect(store.keys().filter((key) => key.endsWith("anchor.json"))).toEqual([]);
});

test.each<Partial<Receipt>>([{ network: "" }, { block_height: -1 }, { block_time: "soon" }])(
  "no anchor.json is written that no reader takes: %o",
  async (members) => {
    const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
    append(carrier, 1, 1);
    const bad: Anchor = {
      ...anchor,
      publish: async (publications, signal) => {
        const outcomes = await anchor.publish(publications, signal);
        return outcomes.map((outcome) =>
          "receipt" in outcome ? { receipt: { ...outcome.receipt, ...members } } : outcome,
        );
      },
    };
    await createBatcher({ source: carrier.open(), store, anchor: bad }, sampleWriter).runOnce();
    expect(store.keys().filter((key) => key.endsWith("anchor.json"))).toEqual([]);
  },
);

test("a clock that is set back keeps no change waiting", async () => {
  let offset = 0;
  const clock: Clock = { now: () => Date.now() + offset, sleep: systemClock.sleep };
  const carrier = createMemoryCarrier();
  const policy = { batchTimeoutMs: 300, forceBatchAfterMs: 500 };
  const stop = new AbortController();
  const ended = createBatcher(
    { source: carrier.open(), store: createMemoryStore(), clock },
    { ...sampleWriter, policy },
  ).run(stop.signal);
  append(carrier, 1, 1);
  await sleep(50);
  offset = -3_600_000;
  await until(() => carrier.committed(STREAM) === "1-0");
  stop.abort();
  await ended;
});
