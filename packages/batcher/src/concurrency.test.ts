import { describe, expect, test } from "vitest";
import { slotKey } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, sampleChain } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";
import { createScheduler } from "./testing/scheduler.ts";

describe("the batches of one chain", () => {
  test("are stored up to eight at a time, while their slots are taken one after another, in order", async () => {
    const scheduler = createScheduler(0);
    const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
    for (let number = 0; number < 100; number += 1) carrier.append("a", `${number + 1}-0`, sampleChange(number));
    const [running, slots]: [Set<string>, string[]] = [new Set(), []];
    let [mostData, mostSlots] = [0, 0];
    const slow: ObjectStore = {
      ...store,
      async create(key, bytes) {
        running.add(key);
        const count = (part: string): number => [...running].filter((each) => each.includes(part)).length;
        mostData = Math.max(mostData, count("batch-data.json"));
        mostSlots = Math.max(mostSlots, count("/chain/"));
        if (key.includes("/chain/")) slots.push(key);
        // Later batches are faster, so their data is stored before that of the batches they name.
        await scheduler.clock.sleep(100 - slots.length);
        await store.create(key, bytes);
        running.delete(key);
      },
    };
    const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
    let isDone = false;
    const done = createBatcher(ports, { ...sampleWriter, policy: { batchSize: 5 } }).runOnce();
    void done.then(() => (isDone = true));
    while (!isDone) await scheduler.step();
    expect([mostData, mostSlots]).toEqual([8, 1]);
    expect(slots).toEqual(Array.from({ length: 20 }, (_, seq) => slotKey(sampleChain("account"), seq)));
    expect(carrier.committed("a")).toBe("100-0");
  });
});

test("in a full buffer, sixteen chains store a batch at once, and one that hangs delays no other", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  const tables = Array.from({ length: 80 }, (_, number) => `t${number}`);
  const hanging = new Set(tables.slice(0, 20));
  for (const table of tables)
    carrier.appendFields(table, "1-0", { entry: sampleChange(1, { table }), fields: [new Uint8Array(1_000)] });
  const running = new Set<string>();
  const slow: ObjectStore = {
    ...store,
    async create(key, bytes) {
      running.add(key);
      if (hanging.has(key.split("/")[1] ?? "")) await new Promise(() => {});
      await scheduler.clock.sleep(10);
      running.delete(key);
      await store.create(key, bytes);
    },
  };
  const policy = { batchSize: 1_000, batchTimeoutMs: 3_600_000, forceBatchAfterMs: 3_600_000 };
  const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
  const stopping = new AbortController();
  const batcher = createBatcher(ports, { ...sampleWriter, policy, maxBufferBytes: 79_500, drainMs: 1_000 });
  let isDone = false;
  const done = batcher.run(stopping.signal).then(() => (isDone = true));
  const heldTables = (): string[] => batcher.status().chains.flatMap(({ chain: { table } }) => table ?? []);
  while (scheduler.now < 900) await scheduler.step();
  expect([heldTables().length, running.size]).toEqual([80, 16]);
  while (heldTables().length > hanging.size && scheduler.now < 10_000) await scheduler.step();
  expect(heldTables()).toEqual([...hanging]);
  stopping.abort();
  while (!isDone) await scheduler.step();
  await done;
});

test("at most eight chains are opened at once", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  const tables = Array.from({ length: 30 }, (_, number) => `t${number}`);
  const appendAll = (id: number): void => {
    for (const table of tables) carrier.append(table, `${id}-0`, sampleChange(id, { table }));
  };
  let [running, most] = [0, 0];
  const slow: ObjectStore = {
    ...store,
    async get(key) {
      running += 1;
      most = Math.max(most, running);
      await scheduler.clock.sleep(10);
      running -= 1;
      return store.get(key);
    },
  };
  for (const id of [1, 2]) {
    appendAll(id);
    most = 0;
    let isDone = false;
    const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
    void createBatcher(ports, sampleWriter)
      .runOnce()
      .then(() => (isDone = true));
    while (!isDone) await scheduler.step();
    expect(most).toBe(8);
  }
  expect(tables.map(carrier.committed)).toEqual(tables.map(() => "2-0"));
});
