import { expect, test } from "vitest";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { slotKeysIn, STREAM } from "./fixtures/real-clock.ts";
import type { ChangeSource } from "./ports.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, "9" as unknown as number])(
  "a delivery of %s bytes ends the run with BAD_DELIVERY",
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

test("members that a source adds to a delivery or a skip have no effect", async () => {
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
  expect(slotKeysIn(store)).toHaveLength(1);
});
