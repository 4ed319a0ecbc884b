import { describe, expect, test } from "vitest";
import { slotKey } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import { createWorld } from "./fixtures/batcher-world.ts";
import { appendChanges, slotKeysIn, STREAM } from "./fixtures/real-clock.ts";
import type { Anchor, ChangeSource } from "./ports.ts";
import { createMemoryAnchor } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

describe("runOnce", () => {
  test("records everything, of every table, and ends", async () => {
    const world = createWorld();
    for (const [table, count] of [
      ["a", 3],
      ["b", 1200],
    ] as const)
      world.append(table, count);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[3], [1000, 200]]);
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["3-0", "1200-0"]);
    expect(world.batcher.status().isRunning).toBe(false);
  });

  test("ends at once and stores nothing when there is nothing", async () => {
    const world = createWorld();
    const begin = world.now;
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect([world.now - begin, world.store.keys(), world.events]).toEqual([0, [], []]);
  });

  test("continues where the last run ended, and records nothing twice", async () => {
    const world = createWorld();
    for (const count of [2, 3, 0]) {
      world.append("a", count);
      expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
      world.reopen();
    }
    expect(await world.counts("a")).toEqual([2, 3]);
  });

  test("waits for a source that is away, pulls only now and then, and records its changes afterwards", async () => {
    let pulls = 0;
    const world = createWorld({}, (source) => ({
      generation: 0,
      get isAway() {
        return source.isAway === true;
      },
      commit: source.commit,
      pull: (options) => {
        pulls += 1;
        return source.pull(options);
      },
    }));
    world.append("a", 3);
    world.carrier.setAway(true);
    const done = world.batcher.runOnce();
    await world.pass(10_000);
    expect(pulls).toBeGreaterThan(5);
    expect(pulls).toBeLessThan(20);
    world.carrier.setAway(false);
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("3-0");
  });

  test("waits while a stream is paused, and pulls only now and then", async () => {
    let pulls = 0;
    const world = createWorld({ policy: { batchSize: 10 }, maxBufferBytes: 50_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: (options) => {
        pulls += 1;
        return source.pull(options);
      },
    }));
    world.append("a", 100);
    world.away.add("erp/a/");
    const done = world.batcher.runOnce();
    await world.pass(10_000);
    expect(pulls).toBeLessThan(300);
    world.away.clear();
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("100-0");
  });
});

test("runOnce goes on when its source steps back and returns nothing", async () => {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  appendChanges(carrier, { first: 1, count: 3 });
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

test("runOnce ends after its time for draining although the anchor never answers", async () => {
  const carrier = createMemoryCarrier();
  appendChanges(carrier, { first: 1, count: 1 });
  const anchor: Anchor = { ...createMemoryAnchor(), publish: () => new Promise(() => {}) };
  const [store, events]: [MemoryStore, BatcherEvent[]] = [createMemoryStore(), []];
  const options = { ...sampleWriter, drainMs: 100, onEvent: (event: BatcherEvent): void => void events.push(event) };
  await createBatcher({ source: carrier.open(), store, anchor }, options).runOnce();
  expect(slotKeysIn(store)).toHaveLength(1);
  // Everything was stored, so the drain itself did not time out.
  expect(events.map(({ type }) => type)).not.toContain("drain-timed-out");
});

test("runOnce anchors the other chains although one is refused", async () => {
  const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  appendChanges(carrier, { first: 1, count: 1, table: "a" });
  appendChanges(carrier, { first: 1, count: 1, table: "b" });
  await store.create(slotKey({ database: "erp", schema: "public", table: "a" }, 0), new TextEncoder().encode("{}"));
  const batcher = createBatcher({ source: carrier.open(), store, anchor }, sampleWriter);
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "LEDGER_DAMAGED" });
  expect(anchor.minted).toHaveLength(1);
});
