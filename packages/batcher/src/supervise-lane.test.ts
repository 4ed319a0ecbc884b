import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, MemoryStoreError, sampleChain } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import { createWorldWithLostSlot, eventsOf, restoreSlot, startRun } from "./fixtures/batcher-world.ts";
import { appendChanges, sleep, slotKeysIn, waitUntil } from "./fixtures/real-clock.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

describe("a chain that is refused", () => {
  test("is reported, and delays no other chain", async () => {
    const world = await createWorldWithLostSlot({ policy: { batchSize: 1 } });
    const { stop } = startRun(world);
    world.append("a", 2);
    world.append("b", 3);
    await world.until(() => world.carrier.committed("b") === "3-0");
    expect(eventsOf(world, "chain-refused")[0]).toMatchObject({ chain: sampleChain("a"), code: "SLOT_MISSING" });
    expect(world.batcher.status().chains).toMatchObject([
      { chain: sampleChain("a"), changes: 2, refusal: "SLOT_MISSING" },
    ]);
    expect(await world.counts("b")).toEqual([1, 1, 1]);
    expect(world.carrier.committed("a")).toBe("2-0");
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("is tried again, less and less often, and is written once it can be", async () => {
    const world = await createWorldWithLostSlot({ policy: { batchSize: 1 } });
    const { stop } = startRun(world);
    world.append("a", 2);
    await world.pass(60_000);
    const refused = eventsOf(world, "chain-refused");
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.length).toBeLessThan(20);
    const waits = refused.map(({ retryInMs }) => retryInMs);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(30_000);
    expect(waits.at(-1)).toBeGreaterThan(10 * (waits[0] ?? 0));

    await restoreSlot(world);
    await world.until(() => world.carrier.committed("a") === "4-0");
    expect(eventsOf(world, "chain-back")).toEqual([{ type: "chain-back", chain: sampleChain("a") }]);
    expect(world.batcher.status().chains).toEqual([]);
    expect(await world.counts("a")).toEqual([1, 1, 1, 1]);
    expect(await stop()).toBeUndefined();
  });

  test("is tried once more in the drain, and the run resolves where it was repaired before", async () => {
    const world = await createWorldWithLostSlot();
    const { stop } = startRun(world);
    world.append("a", 1);
    await world.until(() => eventsOf(world, "chain-refused").length > 8);
    await restoreSlot(world);
    expect(await stop()).toBeUndefined();
    expect(await world.counts("a")).toEqual([1, 1, 1]);
  });

  test("makes the run reject, also when the drain ends before the next attempt is due", async () => {
    const world = await createWorldWithLostSlot({ drainMs: 1_000 }, (source, clock) => ({
      generation: 0,
      commit: source.commit,
      // The chain is tried and refused before the drain asks for it.
      pull: async (options) => {
        const deliveries = await source.pull(options);
        await clock.sleep(100);
        return deliveries;
      },
    }));
    const { stop } = startRun(world);
    world.append("a", 1);
    await world.until(() => eventsOf(world, "chain-refused").length > 8);
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("is accepted again once another writer has recorded its changes", async () => {
    const world = await createWorldWithLostSlot();
    const { stop } = startRun(world);
    world.append("a", 1);
    await world.until(() => eventsOf(world, "chain-refused").length > 0);
    await restoreSlot(world);
    const { store, clock } = world;
    const other = createBatcher({ source: world.carrier.open(), store, clock }, sampleWriter);
    expect(await world.outcome(other.runOnce())).toBeUndefined();
    await world.until(() => world.batcher.status().changes === 0);
    await world.pass(1_000);
    expect(world.batcher.status().chains).toEqual([]);
    expect(eventsOf(world, "chain-back")).toHaveLength(1);
    expect(await world.counts("a")).toEqual([1, 1, 1]);
    expect(await stop()).toBeUndefined();
  });

  test("makes runOnce reject once the others are stored", async () => {
    const world = await createWorldWithLostSlot();
    world.append("a", 1);
    world.append("b", 1);
    const done = world.batcher.runOnce();
    expect(await world.outcome(done)).toBe("SLOT_MISSING");
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "1-0"]);
  });
});

describe("a refused chain that holds more than its share of the buffer", () => {
  const options = { policy: { batchSize: 10 }, maxBufferBytes: 50_000, drainMs: 1_000 };

  test("makes runOnce reject once the others are stored", async () => {
    const world = await createWorldWithLostSlot(options);
    world.append("a", 200);
    world.append("b", 200);
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "200-0"]);
  });

  test("does not stop the others with a change as large as the buffer, and takes no more of the buffer", async () => {
    const world = await createWorldWithLostSlot({ ...options, maxBufferBytes: 1_000 });
    world.carrier.appendFields("a", "9-0", { entry: sampleChange(9, { table: "a" }), fields: [new Uint8Array(2_000)] });
    const { stop } = startRun(world);
    await world.until(() => eventsOf(world, "reading-resumed").length > 0);
    world.append("b", 20);
    await world.until(() => world.carrier.committed("b") === "20-0");
    const most = Math.max(...eventsOf(world, "reading-paused").map(({ bytes }) => bytes));
    expect(most).toBeLessThan(3_000);
    expect(await stop()).toBe("SLOT_MISSING");
    world.append("b", 5);
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(world.carrier.committed("b")).toBe("25-0");
  });

  test("makes runOnce reject although it comes back in the end, since not everything was read", async () => {
    const world = await createWorldWithLostSlot(options);
    world.append("a", 200);
    world.append("b", 3);
    const done = world.batcher.runOnce();
    await world.until(() => eventsOf(world, "chain-refused").length > 0);
    await restoreSlot(world);
    expect(await world.outcome(done)).toBe("SLOT_MISSING");
    expect(world.carrier.committed("a")).not.toBe("202-0");
    world.reopen();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["202-0", "3-0"]);
    expect((await world.counts("a")).reduce((sum, count) => sum + count, 0)).toBe(202);
  });
});

test("an error of the store without a code refuses its chain, and the others go on", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 1, table: "a" });
  appendChanges(carrier, { first: 1, count: 1, table: "b" });
  let [creates, gets, lists] = [0, 0, 0];
  const store: ObjectStore = {
    create: async (key, bytes) => {
      if (key.startsWith("erp/a/") && (creates += 1) === 1) throw new Error("boom");
      return memory.create(key, bytes);
    },
    // This one throws instead of returning a promise.
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
  await waitUntil(() => slotKeysIn(memory).length === 2);
  stop.abort();
  await ended;
  const refusals = events.filter(({ type }) => type === "chain-refused");
  expect(refusals).toHaveLength(3);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "STORE_FAILED", chain: { table: "a" } });
});

test("a slot that cannot be one refuses its chain and is named, and the others go on", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  for (const table of ["a", "b"]) appendChanges(carrier, { first: 1, count: 1, table });
  const store: ObjectStore = {
    ...memory,
    async get(key) {
      if (key !== "erp/a/chain/000000000000.json") return memory.get(key);
      throw Object.assign(new Error(`${key}: too large`), { code: "DAMAGED" });
    },
  };
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const source = carrier.open();
  const batcher = createBatcher({ source, store }, { ...sampleWriter, onEvent });
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "LEDGER_DAMAGED" });
  const message = "erp/a/chain/000000000000.json: too large";
  expect(events).toContainEqual(expect.objectContaining({ type: "chain-refused", code: "LEDGER_DAMAGED", message }));
  expect(slotKeysIn(memory)).toEqual(["erp/b/chain/000000000000.json"]);
  expect(carrier.committed("etrap.public.a")).toBeUndefined();
});

test("an error without a code from elsewhere ends the run, and every flush rejects with it", async () => {
  const carrier = createMemoryCarrier();
  appendChanges(carrier, { first: 1, count: 1 });
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

test("a slot whose key is taken but cannot be read refuses its chain", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 1 });
  const store: ObjectStore = {
    ...memory,
    create: async (key, bytes) => {
      if (key.includes("/chain/")) throw new MemoryStoreError("KEY_CONFLICT", "a folder");
      return memory.create(key, bytes);
    },
  };
  const batcher = createBatcher({ source: carrier.open(), store }, { ...sampleWriter, drainMs: 100 });
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "LEDGER_DAMAGED" });
});
