import { expect, test } from "vitest";
import { createMemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "../batcher.ts";
import type { BatcherEvent } from "../events.ts";
import { appendChanges, slotKeysIn, waitUntil } from "../fixtures/real-clock.ts";
import type { Anchor } from "../ports.ts";
import { createMemoryAnchor, MemoryAnchorError } from "../testing/memory-anchor.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import { sampleChange } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

test("only a few heads are asked for at once, however many chains are opened", async () => {
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
  // Besides these eight, the anchoring loop asks for as many as one of its calls takes.
  expect(most).toBeLessThanOrEqual(8 + 20);
});

test.each([0, 1])(
  "a chain stays refused while the anchor is away after it contradicted a store with %i of 3 slots",
  async (left) => {
    const [carrier, store, anchor] = [createMemoryCarrier(), createMemoryStore(), createMemoryAnchor()];
    appendChanges(carrier, { first: 1, count: 3 });
    const options = { ...sampleWriter, policy: { batchSize: 1 } };
    await createBatcher({ source: carrier.open(), store, anchor }, options).runOnce();
    for (const key of slotKeysIn(store).slice(left)) store.lose(key);
    appendChanges(carrier, { first: 4, count: 1 });

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
    await waitUntil(() => refusals() >= 2);
    isAway = true;
    const before = refusals();
    await waitUntil(() => refusals() >= before + 2);
    stop.abort();
    expect(await ended).toMatchObject({ code: "HEAD_ROLLED_BACK" });
    expect(slotKeysIn(store)).toHaveLength(left);
  },
);
