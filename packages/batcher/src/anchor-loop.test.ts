import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { MemoryStoreError, sampleBatches, sampleChain } from "@etrap/ledger/testing";
import { anchorLoop } from "./anchor-loop.ts";
import { createAnchorQueue } from "./anchoring/anchor-queue.ts";
import type { BatcherEvent } from "./events.ts";
import {
  account,
  booking,
  contextOf,
  createWorld,
  expectAnchored,
  nothingWaits,
  putInto,
  range,
  runLoop,
  seqsOf,
  throwUnavailable,
  typesOf,
  watchCalls,
} from "./fixtures/anchor-world.ts";
import { DEFAULT_ANCHOR_POLICY } from "./options/anchor-policy.ts";
import type { Anchor, Clock } from "./ports.ts";
import { samplePublication } from "./suites/sample-publication.ts";
import { MemoryAnchorError } from "./testing/memory-anchor.ts";

describe("the anchoring loop", () => {
  test("anchors what is stored, each chain in its order, and reports it", async () => {
    const batches = [...sampleBatches(5, account), ...sampleBatches(3, booking)];
    const world = await createWorld(...batches);
    const { events, queue } = await runLoop(world);
    await expectAnchored(world, batches);
    expect(seqsOf(world.anchor.minted, account)).toEqual(range(5));
    expect(typesOf(events)).toEqual(Array.from({ length: 8 }, () => "batch-anchored"));
    expect(queue.status()).toEqual({ pending: 0, unchecked: 0, oldestSealedAt: undefined, parked: [] });
  });

  test("publishes several batches in a call, and shares the places among the chains", async () => {
    const world = await createWorld(
      ...sampleBatches(30, account),
      ...sampleBatches(3, booking),
      ...sampleBatches(1, sampleChain("city")),
    );
    const { anchor, calls } = watchCalls(world.anchor);
    await runLoop(world, { anchor, policy: { maxPerCall: 10 } });
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 10, 4]);
    const [first = []] = calls;
    expect([account, booking, sampleChain("city")].map((chain) => seqsOf(first, chain).length)).toEqual([6, 3, 1]);
  });

  test("says what it publishes right before each call, chain by chain, and in which attempt", async () => {
    const [ofA, ofB] = [sampleBatches(3, account), sampleBatches(1, booking)];
    const world = await createWorld(...ofA, ...ofB);
    const steps: unknown[] = [];
    let calls = 0;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        steps.push("call");
        calls += 1;
        if (calls === 1) return throwUnavailable();
        // The second batch of the first chain fails once more.
        const outcomes = await world.anchor.publish(calls === 2 ? publications.slice(0, 1) : publications, signal);
        const error = new MemoryAnchorError("OUTCOME_UNKNOWN", "lost");
        return publications.map((_, index) => outcomes[index] ?? { kind: "failed", error });
      },
    };
    await runLoop(world, { anchor, policy: { maxPerCall: 3 }, onPublishing: (event) => void steps.push(event) });
    const says = (batches: typeof ofA, attempt: number): unknown => {
      const chain = batches[0]?.header.table === "account" ? account : booking;
      return { type: "anchor-publishing", chain, batchIds: batches.map(({ id }) => id), attempt };
    };
    const expected = [
      [says(ofA.slice(0, 2), 1), says(ofB, 1), "call"],
      [says(ofA.slice(0, 2), 2), says(ofB, 2), "call"],
      // A batch of this chain was anchored, so its attempts are counted anew.
      [says(ofA.slice(1), 2), "call"],
      [says(ofB, 3), "call"],
    ];
    expect(steps).toEqual(expected.flat());
  });

  test("gives each chain its turn when there are more chains than places in a call", async () => {
    const chains = range(7).map((number) => sampleChain(`t${number}`));
    const world = await createWorld(...chains.flatMap((chain) => sampleBatches(2, chain)));
    const { anchor, calls } = watchCalls(world.anchor);
    await runLoop(world, { anchor, policy: { maxPerCall: 3 } });
    const order = calls.flatMap((call) => call.map(({ header }) => header.table));
    expect(new Set(order.slice(0, 7)).size).toBe(7);
    expect(calls.map(({ length }) => length)).toEqual([3, 3, 3, 3, 2]);
  });

  test("anchors the control chain, and does not anchor other databases", async () => {
    const control = { database: "erp", schema: null, table: null };
    const mine = sampleBatches(2, control);
    const world = await createWorld(...mine, ...sampleBatches(2, { ...account, database: "crm" }));
    await runLoop(world);
    await expectAnchored(world, mine);
    expect(world.anchor.minted).toHaveLength(2);
  });

  test("anchors batches as they are stored, without reading them back", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld();
    let [stored, reads] = [0, 0];
    const store: ObjectStore = {
      ...world.store,
      get: (key) => {
        if (key.endsWith("batch-data.json")) reads += 1;
        return world.store.get(key);
      },
    };
    for (const batch of batches) await putInto(world.store, batch);
    for (const { slot } of batches) world.store.lose(slot.key);
    await runLoop(world, {
      store,
      isDone: (queue) => stored === 3 && nothingWaits(queue),
      onSleep: (queue) => {
        const batch = batches[stored];
        if (batch === undefined) return;
        void world.store.create(batch.slot.key, batch.slot.bytes);
        queue.batchStored(samplePublication(batch));
        stored += 1;
      },
    });
    await expectAnchored(world, batches);
    expect(reads).toBe(0);
  });

  test("keeps at most maxInMemory batches, and reads the others back", async () => {
    const batches = sampleBatches(30);
    const world = await createWorld(...batches);
    let reads = 0;
    const store: ObjectStore = {
      ...world.store,
      get: (key) => {
        if (key.endsWith("batch-data.json")) reads += 1;
        return world.store.get(key);
      },
    };
    let isAdded = false;
    await runLoop(world, {
      store,
      policy: { maxInMemory: 10 },
      anchor: { ...world.anchor, chainHead: (chain) => (isAdded ? world.anchor.chainHead(chain) : throwUnavailable()) },
      onSleep: (queue) => {
        if (!isAdded) for (const batch of batches) queue.batchStored(samplePublication(batch));
        isAdded = true;
      },
    });
    await expectAnchored(world, batches);
    expect(reads).toBe(20);
  });

  test("sleeps until a batch is stored, and ends at its deadline", async () => {
    const world = await createWorld();
    const [batch = expect.fail()] = sampleBatches(1);
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const stop = new AbortController();
    const clock: Clock = {
      now: () => world.now,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) resolve();
          signal?.addEventListener("abort", () => resolve());
        }),
    };
    const anchored = Promise.withResolvers<void>();
    const onEvent = ({ type }: BatcherEvent): void => {
      if (type === "batch-anchored") anchored.resolve();
    };
    const ended = anchorLoop(contextOf({ ...world, clock, queue, onEvent, deadline: stop.signal }));
    await putInto(world.store, batch);
    queue.batchStored(samplePublication(batch));
    await anchored.promise;
    stop.abort();
    await ended;
    await expectAnchored(world, [batch]);
  });
});

describe("the end of the anchoring loop", () => {
  test("waits for the call in flight and stores its receipts", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const stop = new AbortController();
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        const outcomes = await world.anchor.publish(publications, signal);
        stop.abort();
        return outcomes;
      },
    };
    const clock: Clock = { now: () => world.now, sleep: async () => expect.fail() };
    const events: BatcherEvent[] = [];
    const onEvent = (event: BatcherEvent): void => void events.push(event);
    await anchorLoop(contextOf({ ...world, anchor, clock, queue, onEvent, deadline: stop.signal }));
    await expectAnchored(world, batches);
    expect(typesOf(events)).toEqual(["anchor-publishing", "batch-anchored", "batch-anchored", "batch-anchored"]);
  });

  test("interrupts a sleep", async () => {
    const world = await createWorld();
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const stop = new AbortController();
    let sleepSignal: AbortSignal | undefined;
    const clock: Clock = {
      now: () => world.now,
      async sleep(_ms, signal) {
        sleepSignal = signal;
        stop.abort();
      },
    };
    await anchorLoop(contextOf({ ...world, clock, queue, onEvent: () => expect.fail(), deadline: stop.signal }));
    expect(sleepSignal?.aborted).toBe(true);
  });

  test("leaves a batch to the next start where the store accepts nothing", async () => {
    const batches = sampleBatches(1);
    const world = await createWorld(...batches);
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const stop = new AbortController();
    const store: ObjectStore = {
      ...world.store,
      create: async () => {
        stop.abort();
        throw new MemoryStoreError("UNAVAILABLE", "away");
      },
    };
    const events: BatcherEvent[] = [];
    const onEvent = (event: BatcherEvent): void => void events.push(event);
    const clock: Clock = { now: () => world.now, sleep: async () => expect.fail() };
    await anchorLoop(contextOf({ ...world, store, clock, queue, onEvent, deadline: stop.signal }));
    expect(typesOf(events)).toEqual(["anchor-publishing"]);
    expect(queue.status().pending).toBe(1);
    await runLoop(world);
    await expectAnchored(world, batches);
  });

  test("reports no failure of work that it interrupts", async () => {
    const world = await createWorld(...sampleBatches(1));
    const stop = new AbortController();
    const anchor: Anchor = {
      ...world.anchor,
      publish: async () => {
        stop.abort();
        return throwUnavailable();
      },
    };
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const clock: Clock = { now: () => world.now, sleep: async () => expect.fail() };
    const events: BatcherEvent[] = [];
    const onEvent = (event: BatcherEvent): void => void events.push(event);
    await anchorLoop(contextOf({ ...world, anchor, clock, queue, onEvent, deadline: stop.signal }));
    expect(typesOf(events)).toEqual(["anchor-publishing"]);
    expect(queue.status()).toMatchObject({ pending: 1, parked: [] });
  });
});
