import type { Receipt } from "@etrap/proof";
import { batchId, headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { MemoryStoreError, sampleAnchorDocument, sampleBatches } from "@etrap/ledger/testing";
import {
  account,
  anchorKeyOf,
  booking,
  createWorld,
  expectAnchored,
  nothingWaits,
  putInto,
  runLoop,
  seqsOf,
  throwUnavailable,
  typesOf,
  watchCalls,
} from "./fixtures/anchor-world.ts";
import type { Anchor } from "./ports.ts";
import { samplePublication } from "./suites/sample-publication.ts";

describe("the start of the anchoring loop", () => {
  test("continues behind the newest anchored batch with few reads, however long the chain is", async () => {
    const batches = sampleBatches(600);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.slice(0, 100).map(samplePublication), new AbortController().signal);
    for (const { header } of batches.slice(0, 98)) {
      const receipt = world.anchor.receiptOf(header) ?? expect.fail();
      await world.store.create(anchorKeyOf(header), sampleAnchorDocument(header, receipt));
    }
    const reads: string[] = [];
    const store: ObjectStore = { ...world.store, get: (key) => (reads.push(key), world.store.get(key)) };
    const { anchor, calls } = watchCalls(world.anchor);
    let readsAtFirstCall = 0;
    const counting: Anchor = {
      ...anchor,
      publish: (...args) => ((readsAtFirstCall ||= reads.length), anchor.publish(...args)),
    };
    await runLoop(world, { store, anchor: counting });
    // Up to 30 for doubling, halving, the head and the two without anchor.json. Then 20 slots with
    // their data.
    expect(readsAtFirstCall).toBeLessThan(30 + 40);
    expect(calls[0]?.[0]?.header.seq).toBe(98);
    expect(calls).toHaveLength(26);
    expect(world.anchor.minted).toHaveLength(600);
    await expectAnchored(world, batches.slice(98));
  });

  test("is not misled by a forged anchor.json beside a batch", async () => {
    const batches = sampleBatches(5);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.slice(0, 2).map(samplePublication), new AbortController().signal);
    const receipt = world.anchor.receiptOf(batches[0]?.header ?? expect.fail()) ?? expect.fail();
    const { header } = batches[4] ?? expect.fail();
    await world.store.create(
      anchorKeyOf(header),
      sampleAnchorDocument(header, { ...receipt, token_id: batchId(header) }),
    );
    const { events } = await runLoop(world);
    expect(batches.map((batch) => world.anchor.mints(batch.header))).toEqual([1, 1, 1, 1, 1]);
    await expectAnchored(world, batches.slice(0, 4));
    expect(events).toContainEqual({ type: "anchor-differs", key: anchorKeyOf(header) });
  });

  test.each([
    ["not JSON", () => new TextEncoder().encode("{")],
    [
      "for another id",
      (header: Header, other: Header, receipt: Receipt) => {
        const bytes = new TextDecoder().decode(sampleAnchorDocument(header, receipt));
        return new TextEncoder().encode(bytes.replace(batchId(header), batchId(other)));
      },
    ],
    [
      "for another digest",
      (header: Header, other: Header, receipt: Receipt) => {
        const bytes = new TextDecoder().decode(sampleAnchorDocument(header, receipt));
        return new TextEncoder().encode(bytes.replace(headerDigest(header), headerDigest(other)));
      },
    ],
    ["that of another batch", (_: Header, other: Header, receipt: Receipt) => sampleAnchorDocument(other, receipt)],
  ])("treats an anchor.json that is %s as missing", async (_, bytes) => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.map(samplePublication), new AbortController().signal);
    const [first = expect.fail(), , last = expect.fail()] = batches;
    const receipt = world.anchor.receiptOf(first.header) ?? expect.fail();
    await world.store.create(anchorKeyOf(last.header), bytes(last.header, first.header, receipt));
    const { events } = await runLoop(world);
    await expectAnchored(world, batches.slice(0, 2));
    expect(events.filter(({ type }) => type === "anchor-differs")).toEqual([
      { type: "anchor-differs", key: anchorKeyOf(last.header) },
    ]);
  });

  test("anchors a store that had no anchor from its first batch", async () => {
    const batches = sampleBatches(45);
    const world = await createWorld(...batches);
    await runLoop(world);
    await expectAnchored(world, batches);
  });

  test("begins with the newest batch of a chain from now on, and says once how many have no token", async () => {
    const policy = { anchorFrom: "now" } as const;
    const batches = [...sampleBatches(5, account), ...sampleBatches(1, booking)];
    const world = await createWorld(...batches);
    let failures = 2;
    const anchor: Anchor = {
      ...world.anchor,
      publish: (...args) => ((failures -= 1) < 0 ? world.anchor.publish(...args) : throwUnavailable()),
    };
    const { events, queue } = await runLoop(world, { anchor, policy });
    await expectAnchored(world, batches.slice(4));
    expect(seqsOf(world.anchor.minted, account)).toEqual([4]);
    expect(events.filter(({ type }) => type === "anchor-begins")).toEqual([
      { type: "anchor-begins", chain: account, seq: 4, before: 4 },
    ]);
    expect(queue.status()).toMatchObject({ pending: 0, unchecked: 0 });

    const more = sampleBatches(8, account).slice(5);
    for (const batch of more) await putInto(world.store, batch);
    const restarted = await runLoop(world, { policy });
    await expectAnchored(world, more);
    expect(typesOf(restarted.events)).toEqual(["batch-anchored", "batch-anchored", "batch-anchored"]);
  });

  test("leaves out no batch that this run stored, however long the anchor was away", async () => {
    const world = await createWorld(...sampleBatches(3));
    const batches = sampleBatches(7).slice(3);
    const watched = watchCalls(world.anchor);
    let isAway = true;
    const anchor: Anchor = {
      ...watched.anchor,
      chainHead: (chain) => (isAway ? throwUnavailable() : world.anchor.chainHead(chain)),
    };
    for (const batch of batches) await putInto(world.store, batch);
    await runLoop(world, {
      anchor,
      policy: { anchorFrom: "now", maxPerCall: 2 },
      onSleep: (queue) => {
        if (isAway) for (const batch of batches) queue.batchStored(samplePublication(batch));
        isAway = false;
      },
    });
    await expectAnchored(world, batches);
    expect(seqsOf(world.anchor.minted, account)).toEqual([3, 4, 5, 6]);
    expect(watched.calls.flat().map(({ begins = false }) => begins)).toEqual([true, false, false, false]);
  });

  test("publishes nothing of a chain that is anchored already", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    await runLoop(world);
    const { anchor, calls } = watchCalls(world.anchor);
    await runLoop(world, { anchor });
    expect(calls).toEqual([]);
  });

  test("waits for a store that does not answer", async () => {
    const batches = sampleBatches(2);
    const world = await createWorld(...batches);
    let failures = 3;
    const store: ObjectStore = {
      ...world.store,
      list: (...args) => {
        if ((failures -= 1) >= 0) throw new MemoryStoreError("UNAVAILABLE", "away");
        return world.store.list(...args);
      },
    };
    const { events } = await runLoop(world, { store, isDone: (queue) => failures < 0 && nothingWaits(queue) });
    await expectAnchored(world, batches);
    expect(typesOf(events).slice(0, 3)).toEqual(["store-waiting", "store-waiting", "store-waiting"]);
  });
});
