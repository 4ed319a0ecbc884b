import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, MemoryStoreError } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import { createWorld, eventsOf, startRun } from "./fixtures/batcher-world.ts";
import { appendChanges, sleep, waitUntil } from "./fixtures/real-clock.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier } from "./testing/memory-source.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

describe("a table whose objects the store does not accept", () => {
  const maxBufferBytes = 200_000;
  const options = { policy: { batchSize: 10, batchTimeoutMs: 100 }, maxBufferBytes, drainMs: 5_000 };

  test(
    "takes no more than its share of the buffer, and the drain ends at its deadline",
    { timeout: 30_000 },
    async () => {
      const world = createWorld(options);
      world.away.add("erp/a/");
      const { stop } = startRun(world);
      let most = 0;
      for (let turn = 1; turn <= 60; turn += 1) {
        world.append("a", 50);
        world.append("b", 50);
        await world.pass(1_000);
        most = Math.max(most, world.batcher.status().bytes);
        expect(world.carrier.committed("b")).toBe(`${turn * 50}-0`);
      }
      expect(most).toBeLessThanOrEqual(maxBufferBytes);
      expect(most).toBeGreaterThan(maxBufferBytes / 3);
      const held = world.batcher.status().changes;
      const stopped = world.now;
      // This is no refusal, since the store may come back at any moment.
      expect(await stop()).toBeUndefined();
      expect(world.now - stopped).toBe(5_000);
      expect(eventsOf(world, "drain-timed-out")).toEqual([{ type: "drain-timed-out", changes: held }]);
      expect(world.carrier.committed("a")).toBeUndefined();
      expect(await world.counts("a")).toEqual([]);
    },
  );

  test("loses no change: another process records each of them once", async () => {
    const world = createWorld(options);
    world.away.add("erp/a/");
    const { stop } = startRun(world);
    world.append("a", 500);
    await world.pass(10_000);
    await stop();
    world.away.clear();
    const source = world.carrier.open();
    const next = createBatcher({ source, store: world.store, clock: world.clock }, sampleWriter);
    expect(await world.outcome(next.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([500]);
    expect(world.carrier.committed("a")).toBe("500-0");
  });

  test("does not keep the batch of another table open when the buffer is full", async () => {
    const world = createWorld({ policy: { batchSize: 10, batchTimeoutMs: 2_000 }, maxBufferBytes: 16_000 });
    const { stop } = startRun(world);
    for (const table of ["b", "a"]) world.append(table, 1);
    await world.until(() => ["a", "b"].every((table) => world.carrier.committed(table) === "1-0"));
    world.away.add("erp/a/");
    // There is room when the change of b arrives. Then the documents of a's batch fill the buffer.
    world.append("b", 1);
    world.append("a", 10);
    await world.until(() => eventsOf(world, "reading-paused").length > 0);
    await world.pass(10_000);
    expect(world.carrier.committed("b")).toBe("2-0");
    world.away.clear();
    expect(await stop()).toBeUndefined();
  });
});

describe("a store that is away", () => {
  test("is reported with the time since when, and gets everything once when it is back", async () => {
    const world = createWorld({ policy: { batchSize: 10, batchTimeoutMs: 100 } });
    world.away.add("");
    const { stop } = startRun(world);
    world.append("a", 25);
    world.append("b", 5);
    await world.pass(60_000);
    expect(world.carrier.committed("a")).toBeUndefined();
    const waiting = eventsOf(world, "store-waiting");
    expect(waiting[0]).toMatchObject({ code: "UNAVAILABLE", sinceMs: 1 });
    expect(Math.max(...waiting.map(({ sinceMs }) => sinceMs))).toBeGreaterThan(30_000);
    expect(eventsOf(world, "store-back")).toEqual([]);

    world.away.clear();
    await world.until(() => world.carrier.committed("a") === "25-0" && world.carrier.committed("b") === "5-0");
    expect(eventsOf(world, "store-back")[0]?.afterMs).toBeGreaterThan(59_000);
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[10, 10, 5], [5]]);
    expect(eventsOf(world, "redeliveries-dropped")).toEqual([]);
    expect(await stop()).toBeUndefined();
  });
});

test("an outage of one table leaves room in the buffer for others, and the source is pulled only now and then", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 4_000, table: "b" });
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
  appendChanges(carrier, { first: 1, count: 5, table: "a" });
  await waitUntil(() => carrier.committed("etrap.public.a") === "5-0");
  pulls = 0;
  await sleep(1_000);
  // While a stream is paused, the source is pulled every 50 ms.
  expect(pulls).toBeLessThan(60);
  stop.abort();
  await ended;
});

test("an outage that began while a chain was read is reported as over", async () => {
  const [carrier, memory, events]: [MemoryCarrier, MemoryStore, BatcherEvent[]] = [
    createMemoryCarrier(),
    createMemoryStore(),
    [],
  ];
  appendChanges(carrier, { first: 1, count: 1 });
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
