import type { Receipt } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, MemoryStoreError, sampleAnchorDocument, sampleBatches } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { anchorKeyOf, createWorld, runLoop, typesOf } from "./fixtures/anchor-world.ts";
import type { Ended } from "./fixtures/anchor-world.ts";
import { appendChanges, waitUntil } from "./fixtures/real-clock.ts";
import type { Anchor } from "./ports.ts";
import { createMemoryAnchor } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

describe("an anchor.json that exists already", () => {
  const anchorBesideExisting = async (alter: (receipt: Receipt) => Receipt): Promise<Ended & { header: Header }> => {
    const [batch = expect.fail()] = sampleBatches(1);
    const world = await createWorld(batch);
    const { header } = batch;
    // It appears between the mint and the creation, as that of another agent does.
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (...args) => {
        const [outcome = expect.fail()] = await world.anchor.publish(...args);
        const receipt = "receipt" in outcome ? outcome.receipt : expect.fail();
        await world.store.create(anchorKeyOf(header), sampleAnchorDocument(header, alter(receipt)));
        return [outcome];
      },
    };
    const ended = await runLoop(world, { anchor });
    expect(world.anchor.mints(header)).toBe(1);
    return { ...ended, header };
  };

  test.each([
    ["the same", (receipt: Receipt) => receipt],
    ["the same without the transaction", (receipt: Receipt) => ({ ...receipt, tx_hash: null })],
  ])("needs nothing more where its receipt is %s", async (_, alter) => {
    expect(typesOf((await anchorBesideExisting(alter)).events)).toEqual(["batch-anchored"]);
  });

  test.each([
    ["transaction", { tx_hash: "other" }],
    ["block", { block_height: 1 }],
    ["time", { block_time: "1" }],
    ["contract", { contract: "mallory.near" }],
    ["network", { network: "mainnet" }],
    ["token", { token_id: "BATCH-2025-01-01-0000000000000000-T0" }],
  ])("with another %s is reported and stays, and the chain goes on", async (_, members) => {
    const { events, header, queue } = await anchorBesideExisting((receipt) => ({ ...receipt, ...members }));
    expect(events[0]).toEqual({ type: "anchor-differs", key: anchorKeyOf(header) });
    expect(queue.status().pending).toBe(0);
  });
});

test("an anchor.json that cannot be written delays the anchoring of no other chain", async () => {
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
  appendChanges(carrier, { first: 1, count: 1, table: "a" });
  await waitUntil(() => anchor.minted.length === 1);
  appendChanges(carrier, { first: 1, count: 3, table: "b" });
  await waitUntil(() => memory.keys().filter((key) => key.endsWith("/anchor.json")).length === 3);
  stop.abort();
  await ended;
  // The batch without anchor.json is minted once, however often it was tried.
  expect(anchor.minted).toHaveLength(4);
});

test("no anchor.json is created from the receipt of another batch", async () => {
  const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
  appendChanges(carrier, { first: 1, count: 2 });
  const crossed: Anchor = {
    ...anchor,
    publish: async (publications, signal) => (await anchor.publish(publications, signal)).toReversed(),
  };
  const options = { ...sampleWriter, policy: { batchSize: 1 } };
  await createBatcher({ source: carrier.open(), store, anchor: crossed }, options).runOnce();
  expect(store.keys().filter((key) => key.endsWith("anchor.json"))).toEqual([]);
});

test.each<Partial<Receipt>>([{ network: "" }, { block_height: -1 }, { block_time: "soon" }])(
  "no anchor.json is created from a receipt that no reader accepts: %o",
  async (members) => {
    const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
    appendChanges(carrier, { first: 1, count: 1 });
    const bad: Anchor = {
      ...anchor,
      publish: async (publications, signal) => {
        const outcomes = await anchor.publish(publications, signal);
        return outcomes.map((outcome) =>
          outcome.kind === "anchored" ? { ...outcome, receipt: { ...outcome.receipt, ...members } } : outcome,
        );
      },
    };
    await createBatcher({ source: carrier.open(), store, anchor: bad }, sampleWriter).runOnce();
    expect(store.keys().filter((key) => key.endsWith("anchor.json"))).toEqual([]);
  },
);
