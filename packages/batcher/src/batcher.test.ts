import { describe, expect, test } from "vitest";
import { createWorld, createWorldWithLostSlot, eventsOf, startRun } from "./fixtures/batcher-world.ts";

const NOTHING = { skipped: {}, poison: {}, omitted: {} };

describe("status", () => {
  test("is empty while the batcher does not run", () => {
    expect(createWorld().batcher.status()).toEqual({
      isRunning: false,
      changes: 0,
      bytes: 0,
      chains: [],
      counts: NOTHING,
    });
  });

  test("lists what is held, by chain, until it is committed", async () => {
    const world = createWorld();
    const { stop } = startRun(world);
    world.append("a", 2);
    world.append("b", 1);
    await world.until(() => world.batcher.status().changes === 3);
    const { isRunning, bytes, chains } = world.batcher.status();
    expect(isRunning).toBe(true);
    expect(chains.map(({ chain: { table }, changes, refusal }) => [table, changes, refusal])).toEqual([
      ["a", 2, undefined],
      ["b", 1, undefined],
    ]);
    const sizes = ["a", "b"].flatMap((table) =>
      world.carrier.entries(table).map(({ fields: [field] }) => field?.length ?? 0),
    );
    expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(bytes).toBe(chains.reduce((sum, each) => sum + each.bytes, 0));
    const flushed = world.batcher.flush();
    expect(await world.outcome(flushed)).toBeUndefined();
    expect(world.batcher.status()).toEqual({ isRunning: true, changes: 0, bytes: 0, chains: [], counts: NOTHING });
    expect(await stop()).toBeUndefined();
    expect(world.batcher.status().isRunning).toBe(false);
  });

  test("counts the bytes of the documents that a batch is sealed into", async () => {
    const world = createWorld({ policy: { batchSize: 2 } });
    const { stop } = startRun(world);
    world.away.add("erp/a/");
    world.append("a", 2);
    await world.until(() => eventsOf(world, "store-waiting").length > 0);
    const [data] = world.batcher.status().chains;
    const received = world.carrier.entries("a").reduce((sum, { fields: [field] }) => sum + (field?.length ?? 0), 0);
    expect(data?.bytes).toBeGreaterThan(2 * received);
    world.away.clear();
    expect(await stop()).toBeUndefined();
  });
});

describe("flush", () => {
  test("resolves while the batcher does not run", async () => {
    expect(await createWorld().batcher.flush()).toBeUndefined();
  });

  test("closes open batches, and resolves once their changes are committed", async () => {
    const world = createWorld();
    const { stop } = startRun(world);
    world.append("a", 2);
    world.append("b", 1);
    await world.until(() => world.batcher.status().changes === 3);
    expect(world.store.keys()).toEqual([]);
    const begin = world.now;
    expect(await world.outcome(world.batcher.flush())).toBeUndefined();
    expect(world.now - begin).toBeLessThan(1_000);
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "1-0"]);
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[2], [1]]);
    expect(await stop()).toBeUndefined();
  });

  test("rejects with SOURCE_RESET where its changes are delivered again, and they are recorded once", async () => {
    const world = createWorld();
    const { stop } = startRun(world);
    world.append("a", 2);
    await world.until(() => world.batcher.status().changes === 2);
    world.source.stepBack();
    expect(await world.outcome(world.batcher.flush())).toBe("SOURCE_RESET");
    expect(await stop()).toBeUndefined();
    expect((await world.counts("a")).reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(world.carrier.committed("a")).toBe("2-0");
  });

  test("rejects with the refusal of a chain", async () => {
    const world = await createWorldWithLostSlot();
    const { stop } = startRun(world);
    world.append("a", 1);
    await world.until(() => world.batcher.status().changes === 1);
    expect(await world.outcome(world.batcher.flush())).toBe("SLOT_MISSING");
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("rejects with RUN_ENDED where the run ends first", async () => {
    const world = createWorld({ drainMs: 100 });
    const { stop } = startRun(world);
    world.away.add("erp/");
    world.append("a", 1);
    await world.until(() => world.batcher.status().changes === 1);
    const flushed = world.batcher.flush();
    flushed.catch(() => undefined);
    expect(await stop()).toBeUndefined();
    expect(await world.outcome(flushed)).toBe("RUN_ENDED");
  });
});

test("status and flush report what a run held when its drain timed out", async () => {
  const world = createWorld({ drainMs: 100 });
  world.away.add("erp/");
  const { stop } = startRun(world);
  world.append("a", 3);
  await world.until(() => world.batcher.status().changes === 3);
  expect(await stop()).toBeUndefined();
  expect(world.batcher.status()).toMatchObject({ isRunning: false, changes: 3 });
  expect(await world.outcome(world.batcher.flush())).toBe("RUN_ENDED");
});
