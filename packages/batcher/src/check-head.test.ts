import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";
import type { Anchor } from "./ports.ts";
import { createMemoryAnchor } from "./testing/memory-anchor.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

test("few heads are asked for at once, however many chains are opened", async () => {
  let [asked, most] = [0, 0];
  const anchor: Anchor = {
    ...createMemoryAnchor(),
    async chainHead() {
      most = Math.max(most, (asked += 1));
      await new Promise((resolve) => setImmediate(resolve));
      asked -= 1;
      return undefined;
    },
  };
  const carrier = createMemoryCarrier();
  for (let table = 0; table < 60; table += 1)
    carrier.append(`t${table}`, "1-0", sampleChange(1, { table: `t${table}` }));
  const store = createMemoryStore();
  const slots = (): string[] => store.keys().filter((key) => key.includes("/chain/"));
  const batcher = createBatcher(
    { source: carrier.open(), store, anchor },
    { ...sampleWriter, policy: { batchSize: 1 } },
  );
  const stop = new AbortController();
  const ended = batcher.run(stop.signal);
  await expect.poll(() => slots().length, { timeout: 20_000 }).toBe(60);
  stop.abort();
  await ended;
  // The anchoring loop asks for as many beside as one of its calls takes.
  expect(most).toBeLessThanOrEqual(8 + 20);
});
