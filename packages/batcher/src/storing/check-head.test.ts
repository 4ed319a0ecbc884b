import { expect, test } from "vitest";
import { createMemoryStore, sampleBatches } from "@etrap/ledger/testing";
import { createBatcher } from "../batcher.ts";
import type { BatcherEvent } from "../events.ts";
import { appendChanges, slotKeysIn, sleep, waitUntil } from "../fixtures/real-clock.ts";
import type { Anchor } from "../ports.ts";
import { samplePublication } from "../suites/sample-publication.ts";
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
      await sleep(20);
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
  expect(most).toBe(8);
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
        anchorPolicy: { firstRetryMs: 10, longestRetryMs: 20 },
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

test("a chain is not written any further once the anchoring loop finds it forked, and both loops go on when it is put right", async () => {
  const [carrier, store, trunk, fork] = [
    createMemoryCarrier(),
    createMemoryStore(),
    createMemoryAnchor(),
    createMemoryAnchor(),
  ];
  let current = trunk;
  const anchor: Anchor = {
    publish: (publications, signal) => current.publish(publications, signal),
    chainHead: (chain) => current.chainHead(chain),
  };
  const events: BatcherEvent[] = [];
  const stop = new AbortController();
  const batcher = createBatcher(
    { source: carrier.open(), store, anchor },
    { ...sampleWriter, policy: { batchSize: 1 }, onEvent: (event) => void events.push(event) },
  );
  const ended = batcher.run(stop.signal);
  const count = (type: BatcherEvent["type"]): number => events.filter((event) => event.type === type).length;
  appendChanges(carrier, { first: 1, count: 1 });
  await waitUntil(() => trunk.minted.length === 1);

  // Another writer, with the same chain and another store.
  await fork.publish(sampleBatches(1).map(samplePublication), stop.signal);
  current = fork;
  // Stored before the loops know of it, and refused by the anchor.
  appendChanges(carrier, { first: 2, count: 1 });
  await waitUntil(() => count("anchor-waiting") >= 2);
  appendChanges(carrier, { first: 3, count: 2 });
  await waitUntil(() => count("chain-refused") >= 1);
  expect(events.find(({ type }) => type === "chain-refused")).toMatchObject({ code: "ANCHOR_FORKED" });
  expect(slotKeysIn(store)).toHaveLength(2);

  current = trunk;
  await waitUntil(() => trunk.minted.length === 4);
  expect(count("chain-back")).toBe(1);
  expect(fork.minted).toHaveLength(1);
  stop.abort();
  await ended;
}, 20_000);
