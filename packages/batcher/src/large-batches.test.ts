import { expect, test } from "vitest";
import { createMemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { slotKeysIn, STREAM } from "./fixtures/real-clock.ts";
import type { ChangeSource } from "./ports.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

/**
 * Returns a source of changes of this many MiB each that are small as received, as from a carrier
 * that compresses.
 */
function createCompressedSource(mebibytes: number, count: number): { source: ChangeSource; commits: string[] } {
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

test("a batch whose documents are too large for readers is split", async () => {
  const { source, commits } = createCompressedSource(130, 2);
  const store = createMemoryStore();
  await createBatcher({ source, store }, sampleWriter).runOnce();
  expect(slotKeysIn(store)).toHaveLength(2);
  expect(commits).toEqual(["1-0", "2-0"]);
});

test("a single change that is too large for readers refuses its chain, and is not committed", async () => {
  const { source, commits } = createCompressedSource(257, 1);
  const batcher = createBatcher({ source, store: createMemoryStore() }, sampleWriter);
  await expect(batcher.runOnce()).rejects.toMatchObject({ code: "BATCH_TOO_LARGE" });
  expect(commits).toEqual([]);
});
