import { batchFolder, batchId, headerDigest, parseAnchorDocument } from "@etrap/proof";
import type { ChainName, Header, Receipt } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anchorBatches } from "./anchor-loop.ts";
import { DEFAULT_ANCHOR_POLICY } from "./anchor-policy.ts";
import type { AnchorPolicy } from "./anchor-policy.ts";
import { createAnchorQueue } from "./anchor-queue.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import type { BatcherEvent } from "../events.ts";
import type { Anchor, Clock, ObjectStore, Publication } from "../ports.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryAnchor, MemoryAnchorError } from "../testing/memory-anchor.ts";
import type { MemoryAnchor } from "../testing/memory-anchor.ts";
import { createMemoryStore, MemoryStoreError } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleAnchorDocument, sampleBatches, sampleChain, samplePublication } from "../testing/sample-batches.ts";

const [account, booking, city] = [sampleChain("account"), sampleChain("booking"), sampleChain("city")];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What outlives a crash. */
interface World {
  readonly store: MemoryStore;
  readonly anchor: MemoryAnchor;
  now: number;
}

async function createWorld(...batches: SealedBatch[]): Promise<World> {
  const world = { store: createMemoryStore(), anchor: createMemoryAnchor(), now: 1_749_855_200_000 };
  for (const batch of batches) await putInto(world.store, batch);
  return world;
}

async function putInto(store: ObjectStore, { data, slot }: SealedBatch): Promise<void> {
  await store.create(data.key, data.bytes);
  await store.create(slot.key, slot.bytes);
}

interface RunOptions {
  readonly store?: ObjectStore;
  readonly anchor?: Anchor;
  readonly policy?: Partial<AnchorPolicy>;
  /** Asked whenever the loop sleeps; by default, whether nothing waits. */
  readonly isDone?: (queue: AnchorQueue) => boolean;
  /** Runs when the loop sleeps, before time passes. */
  readonly onSleep?: (queue: AnchorQueue) => void;
  /** Resolves when the process is killed: what is in flight never goes on. */
  readonly killed?: Promise<void>;
}

interface Ended {
  readonly queue: AnchorQueue;
  readonly events: BatcherEvent[];
}

const nothingWaits = (queue: AnchorQueue): boolean => {
  const { pending, unchecked } = queue.status();
  return pending + unchecked === 0;
};

/** Runs the loop on the world's clock, which moves only when the loop sleeps. At most a day goes by. */
async function runLoop(world: World, options: RunOptions = {}): Promise<Ended> {
  const { store = world.store, anchor = world.anchor, isDone = nothingWaits, onSleep = () => undefined } = options;
  const queue = createAnchorQueue({ policy: { ...DEFAULT_ANCHOR_POLICY, ...options.policy }, random: () => 0 });
  const events: BatcherEvent[] = [];
  const stop = new AbortController();
  const deadline = world.now + 24 * HOUR_MS;
  const clock: Clock = {
    now: () => world.now,
    async sleep(ms, signal) {
      if (isDone(queue) || world.now > deadline) return stop.abort();
      onSleep(queue);
      // Whoever was rung ends its sleep in its next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted !== true) world.now += ms;
    },
  };
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const ended = anchorBatches({ store, anchor, clock, queue, onEvent, database: "erp", cut: stop.signal });
  await Promise.race([ended, options.killed ?? ended]);
  return { queue, events };
}

const typesOf = (events: readonly BatcherEvent[]): string[] => events.map(({ type }) => type);
const anchorKeyOf = (header: Header): string => `${batchFolder(header, batchId(header))}anchor.json`;
const seqsOf = (publications: readonly Publication[], { table }: ChainName): number[] =>
  publications.flatMap(({ header }) => (header.table === table ? [header.seq] : []));
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function receiptIn(store: ObjectStore, header: Header): Promise<Receipt | undefined> {
  const bytes = await store.get(anchorKeyOf(header));
  if (bytes === undefined) return undefined;
  const { batch_id, header_digest, receipt } = parseAnchorDocument(bytes);
  expect({ batch_id, header_digest }).toEqual({ batch_id: batchId(header), header_digest: headerDigest(header) });
  return receipt;
}

/** Every batch is minted once (I3), in its chain's order, and its anchor.json says what the anchor says. */
async function expectAnchored({ store, anchor }: World, batches: readonly SealedBatch[]): Promise<void> {
  for (const { header } of batches) {
    expect(anchor.mints(header)).toBe(1);
    expect({ ...(await receiptIn(store, header)), tx_hash: null }).toEqual(await anchor.find(header));
  }
}

/** Calls of an anchor's `publish`, as they come. */
function watchCalls(anchor: Anchor): { readonly calls: (readonly Publication[])[]; readonly anchor: Anchor } {
  const calls: (readonly Publication[])[] = [];
  return {
    calls,
    anchor: {
      ...anchor,
      publish: (publications, signal) => {
        calls.push(publications);
        return anchor.publish(publications, signal);
      },
    },
  };
}

const away = (): never => {
  throw new MemoryAnchorError("UNAVAILABLE", "nobody answers");
};

describe("the anchoring loop", () => {
  test("anchors what is stored, each chain in its order, and says so", async () => {
    const batches = [...sampleBatches(5, account), ...sampleBatches(3, booking)];
    const world = await createWorld(...batches);
    const { events, queue } = await runLoop(world);
    await expectAnchored(world, batches);
    expect(seqsOf(world.anchor.minted, account)).toEqual(range(5));
    expect(typesOf(events)).toEqual(Array.from({ length: 8 }, () => "batch-anchored"));
    expect(queue.status()).toEqual({ pending: 0, unchecked: 0, oldestSealedAt: undefined, parked: [] });
  });

  test("publishes several batches in a call, and shares it out among the chains", async () => {
    const world = await createWorld(
      ...sampleBatches(30, account),
      ...sampleBatches(3, booking),
      ...sampleBatches(1, city),
    );
    const { anchor, calls } = watchCalls(world.anchor);
    await runLoop(world, { anchor, policy: { maxPerCall: 10 } });
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 10, 4]);
    const [first = []] = calls;
    expect([account, booking, city].map((chain) => seqsOf(first, chain).length)).toEqual([6, 3, 1]);
  });

  test("with more chains than places in a call, each comes to its turn", async () => {
    const chains = range(7).map((number) => sampleChain(`t${number}`));
    const world = await createWorld(...chains.flatMap((chain) => sampleBatches(2, chain)));
    const { anchor, calls } = watchCalls(world.anchor);
    await runLoop(world, { anchor, policy: { maxPerCall: 3 } });
    const order = calls.flatMap((call) => call.map(({ header }) => header.table));
    expect(new Set(order.slice(0, 7)).size).toBe(7);
    expect(calls.map(({ length }) => length)).toEqual([3, 3, 3, 3, 2]);
  });

  test("anchors the control chain, and leaves other databases alone", async () => {
    const control = { database: "erp", schema: null, table: null };
    const mine = sampleBatches(2, control);
    const world = await createWorld(...mine, ...sampleBatches(2, { ...account, database: "crm" }));
    await runLoop(world);
    await expectAnchored(world, mine);
    expect(world.anchor.minted).toHaveLength(2);
  });

  test("takes up batches as they are stored, without reading them back", async () => {
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

  test("keeps no more in memory than it may, and reads the rest back", async () => {
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
    let told = false;
    await runLoop(world, {
      store,
      policy: { maxInMemory: 10 },
      anchor: { ...world.anchor, chainHead: (chain) => (told ? world.anchor.chainHead(chain) : away()) },
      onSleep: (queue) => {
        if (!told) for (const batch of batches) queue.batchStored(samplePublication(batch));
        told = true;
      },
    });
    await expectAnchored(world, batches);
    expect(reads).toBe(20);
  });

  test("sleeps until something comes, and ends when it is told to", async () => {
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
    const ended = anchorBatches({ ...world, clock, queue, onEvent, database: "erp", cut: stop.signal });
    await putInto(world.store, batch);
    queue.batchStored(samplePublication(batch));
    await anchored.promise;
    stop.abort();
    await ended;
    await expectAnchored(world, [batch]);
  });
});

describe("at start", () => {
  test("goes on behind the newest anchored batch, however long the chain, with few reads", async () => {
    const batches = sampleBatches(600);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.slice(0, 100).map(samplePublication), new AbortController().signal);
    for (const { header } of batches.slice(0, 98)) {
      const receipt = (await world.anchor.find(header)) ?? expect.fail();
      await world.store.create(anchorKeyOf(header), sampleAnchorDocument(header, receipt));
    }
    const reads: string[] = [];
    const store: ObjectStore = { ...world.store, get: (key) => (reads.push(key), world.store.get(key)) };
    const { anchor, calls } = watchCalls(world.anchor);
    let atFirstCall = 0;
    const noting: Anchor = {
      ...anchor,
      publish: (...args) => ((atFirstCall ||= reads.length), anchor.publish(...args)),
    };
    await runLoop(world, { store, anchor: noting });
    // Doubling and halving, the head and the two without anchor.json; then 20 slots with their data.
    expect(atFirstCall).toBeLessThan(30 + 40);
    expect(calls[0]?.[0]?.header.seq).toBe(98);
    expect(calls).toHaveLength(26);
    expect(world.anchor.minted).toHaveLength(600);
    await expectAnchored(world, batches.slice(98));
  });

  test("an anchor.json that was forged beside a batch hides nothing", async () => {
    const batches = sampleBatches(5);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.slice(0, 2).map(samplePublication), new AbortController().signal);
    const receipt = (await world.anchor.find(batches[0]?.header ?? expect.fail())) ?? expect.fail();
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
      "under another id",
      (header: Header, other: Header, receipt: Receipt) => {
        const bytes = new TextDecoder().decode(sampleAnchorDocument(header, receipt));
        return new TextEncoder().encode(bytes.replace(batchId(header), batchId(other)));
      },
    ],
    [
      "of another digest",
      (header: Header, other: Header, receipt: Receipt) => {
        const bytes = new TextDecoder().decode(sampleAnchorDocument(header, receipt));
        return new TextEncoder().encode(bytes.replace(headerDigest(header), headerDigest(other)));
      },
    ],
    ["another batch's", (_: Header, other: Header, receipt: Receipt) => sampleAnchorDocument(other, receipt)],
  ])("an anchor.json that is %s counts as none", async (_, bytes) => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    await world.anchor.publish(batches.map(samplePublication), new AbortController().signal);
    const [first = expect.fail(), , last = expect.fail()] = batches;
    const receipt = (await world.anchor.find(first.header)) ?? expect.fail();
    await world.store.create(anchorKeyOf(last.header), bytes(last.header, first.header, receipt));
    const { events } = await runLoop(world);
    await expectAnchored(world, batches.slice(0, 2));
    expect(events.filter(({ type }) => type === "anchor-differs")).toEqual([
      { type: "anchor-differs", key: anchorKeyOf(last.header) },
    ]);
  });

  test("a store without anchor is anchored from the beginning once there is one", async () => {
    const batches = sampleBatches(45);
    const world = await createWorld(...batches);
    await runLoop(world);
    await expectAnchored(world, batches);
  });

  test("reads nothing more of a chain that is anchored", async () => {
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

describe("a failure", () => {
  test("is tried again with back-off, then the chain is parked, others go on, and it comes back by itself", async () => {
    const [bad, good] = [sampleBatches(3, account), sampleBatches(3, booking)];
    const world = await createWorld(...bad, ...good);
    const start = world.now;
    let isBroken = true;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        const ofBad = publications.filter(({ header }) => isBroken && header.table === "account");
        const outcomes = await world.anchor.publish(
          publications.filter((each) => !ofBad.includes(each)),
          signal,
        );
        let next = 0;
        return publications.map((each) =>
          ofBad.includes(each)
            ? { error: new MemoryAnchorError("NOT_NEXT", "refused") }
            : (outcomes[next++] ?? expect.fail()),
        );
      },
    };
    const { events } = await runLoop(world, {
      anchor,
      onSleep: () => {
        if (world.now - start > 3 * HOUR_MS) isBroken = false;
      },
    });
    await expectAnchored(world, [...bad, ...good]);
    const troubles = events.filter(({ type }) => type === "anchor-waiting" || type === "chain-parked");
    expect(troubles.map((event) => ("retryInMs" in event ? [event.type, event.retryInMs] : []))).toEqual([
      ["anchor-waiting", 1_000],
      ["anchor-waiting", 2_000],
      ["chain-parked", 5 * MINUTE_MS],
      ["chain-parked", 10 * MINUTE_MS],
      ["chain-parked", 20 * MINUTE_MS],
      ["chain-parked", 40 * MINUTE_MS],
      ["chain-parked", HOUR_MS],
      ["chain-parked", HOUR_MS],
    ]);
    expect(troubles[2]).toMatchObject({ chain: account, code: "NOT_NEXT", message: "refused", batches: 3 });
  });

  test("of one chain leaves it parked in the status, and retryNow brings it back at once", async () => {
    const [bad, good] = [sampleBatches(2, account), sampleBatches(2, booking)];
    const world = await createWorld(...bad, ...good);
    const start = world.now;
    let isAway = true;
    const anchor: Anchor = {
      ...world.anchor,
      chainHead: (chain) => (isAway && chain.table === "account" ? away() : world.anchor.chainHead(chain)),
    };
    await runLoop(world, {
      anchor,
      onSleep: (queue) => {
        if (queue.status().parked.length === 0 || !isAway) return;
        expect(queue.status()).toMatchObject({
          pending: 0,
          unchecked: 1,
          parked: [{ chain: account, code: "UNAVAILABLE", since: start }],
        });
        isAway = false;
        queue.retryNow(account);
      },
    });
    await expectAnchored(world, [...bad, ...good]);
    expect(world.now - start).toBeLessThan(MINUTE_MS);
  });

  test("retryNow without a chain brings back all", async () => {
    const batches = [...sampleBatches(1, account), ...sampleBatches(1, booking)];
    const world = await createWorld(...batches);
    const start = world.now;
    let isAway = true;
    await runLoop(world, {
      anchor: { ...world.anchor, publish: (...args) => (isAway ? away() : world.anchor.publish(...args)) },
      onSleep: (queue) => {
        if (queue.status().parked.length < 2) return;
        isAway = false;
        queue.retryNow();
      },
    });
    await expectAnchored(world, batches);
    expect(world.now - start).toBeLessThan(MINUTE_MS);
  });

  test("of the whole call is one of every chain in it; an anchor that is away is asked every five minutes", async () => {
    const batches = [...sampleBatches(1, account), ...sampleBatches(1, booking)];
    const world = await createWorld(...batches);
    const back = world.now + 2 * HOUR_MS;
    const anchor: Anchor = {
      ...world.anchor,
      publish: (...args) => (world.now < back ? away() : world.anchor.publish(...args)),
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(events[0]).toMatchObject({ type: "anchor-waiting", chain: account, code: "UNAVAILABLE", attempt: 1 });
    expect(events[1]).toMatchObject({ type: "anchor-waiting", chain: booking, code: "UNAVAILABLE", attempt: 1 });
    expect(world.now).toBeLessThan(back + 6 * MINUTE_MS);
  });

  test("makes the loop ask for the chain's head before it publishes again, and only then", async () => {
    const batches = sampleBatches(45);
    const world = await createWorld(...batches);
    const steps: string[] = [];
    let heads = 0;
    const anchor: Anchor = {
      ...world.anchor,
      chainHead: async (chain) => {
        heads += 1;
        steps.push("head");
        return heads === 2 ? away() : world.anchor.chainHead(chain);
      },
      publish: async (...args) => {
        steps.push("publish");
        return steps.length === 2 ? away() : world.anchor.publish(...args);
      },
    };
    await runLoop(world, { anchor });
    expect(steps).toEqual(["head", "publish", "head", "head", "publish", "publish", "publish"]);
  });

  test("after an unclear answer, what was minted is not minted again", async () => {
    const batches = sampleBatches(5);
    const world = await createWorld(...batches);
    let answers = 0;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        const outcomes = await world.anchor.publish(publications.slice(0, 3), signal);
        if ((answers += 1) === 1) throw new MemoryAnchorError("OUTCOME_UNKNOWN", "the answer was lost");
        return [...outcomes, ...(await world.anchor.publish(publications.slice(3), signal))];
      },
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(typesOf(events)[0]).toBe("anchor-waiting");
  });

  test("in the middle of a chain stops it there; what came before counts, and attempts begin anew", async () => {
    const batches = sampleBatches(6);
    const world = await createWorld(...batches);
    let calls = 0;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        calls += 1;
        const outcomes = await world.anchor.publish(publications.slice(0, 1), signal);
        return publications.map((_, index) => outcomes[index] ?? { error: new MemoryAnchorError("NOT_NEXT", "no") });
      },
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(calls).toBe(6);
    for (const event of events) if (event.type === "anchor-waiting") expect(event.attempt).toBe(1);
    expect(typesOf(events)).not.toContain("chain-parked");
  });

  test("an anchor that gives fewer outcomes than batches has failed those, and one without a code is UNKNOWN", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    let calls = 0;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (...args) => ((calls += 1) === 1 ? [] : world.anchor.publish(...args)),
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(events[0]).toMatchObject({ type: "anchor-waiting", code: "UNKNOWN" });
  });

  test("a batch that was damaged is not anchored; those before it are", async () => {
    const batches = sampleBatches(5);
    const world = await createWorld(...batches);
    const { header, data } = batches[3] ?? expect.fail();
    world.store.lose(data.key);
    await world.store.create(
      data.key,
      new TextEncoder().encode(new TextDecoder().decode(data.bytes).replace("owner 3", "owner 4")),
    );
    const { events, queue } = await runLoop(world, { isDone: (each) => each.status().parked.length > 0 });
    expect(world.anchor.mints(header)).toBe(0);
    await expectAnchored(world, batches.slice(0, 3));
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", code: "RECORD_DAMAGED", batches: 2 });
    expect(queue.status()).toMatchObject({ pending: 2, oldestSealedAt: header.sealed_at });
  });

  test.each(["slot", "data"] as const)("a batch whose %s is missing parks its chain", async (name) => {
    const batches = sampleBatches(2);
    const world = await createWorld(...batches, ...sampleBatches(1, booking));
    world.store.lose(batches[0]?.[name].key ?? "");
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    const code = name === "slot" ? "SLOT_MISSING" : "RECORD_DAMAGED";
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code });
    expect(seqsOf(world.anchor.minted, booking)).toEqual([0]);
  });

  test("a store that is away for a while loses no receipt", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches);
    let failures = 5;
    const store: ObjectStore = {
      ...world.store,
      create: async (key, bytes) => {
        if ((failures -= 1) < 0) return world.store.create(key, bytes);
        if (failures % 2 === 0) await world.store.create(key, bytes);
        throw new MemoryStoreError("OUTCOME_UNKNOWN", "cannot tell");
      },
    };
    await runLoop(world, { store });
    await expectAnchored(world, batches);
  });
});

describe("the head on the anchor", () => {
  test("ahead of the store parks the chain as HEAD_ROLLED_BACK, and nothing is published", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches.slice(0, 2), ...sampleBatches(1, booking));
    await world.anchor.publish(batches.map(samplePublication), new AbortController().signal);
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code: "HEAD_ROLLED_BACK" });
    expect(world.anchor.minted).toHaveLength(4);
  });

  test("with another digest parks the chain as ANCHOR_FORKED, and nothing is published", async () => {
    const world = await createWorld(...sampleBatches(3), ...sampleBatches(1, booking));
    await world.anchor.publish(sampleBatches(2, account, 1).map(samplePublication), new AbortController().signal);
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code: "ANCHOR_FORKED" });
    expect(seqsOf(world.anchor.minted, account)).toEqual([0, 1]);
  });
});

describe("an anchor.json that stands already", () => {
  const anchoredWith = async (alter: (receipt: Receipt) => Receipt): Promise<Ended & { header: Header }> => {
    const [batch = expect.fail()] = sampleBatches(1);
    const world = await createWorld(batch);
    const { header } = batch;
    // It appears between the mint and the creation, as another agent's would.
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
  ])("with %s is done", async (_, alter) => {
    expect(typesOf((await anchoredWith(alter)).events)).toEqual(["batch-anchored"]);
  });

  test.each([
    ["transaction", { tx_hash: "other" }],
    ["block", { block_height: 1 }],
    ["time", { block_time: "1" }],
    ["contract", { contract: "mallory.near" }],
    ["network", { network: "mainnet" }],
    ["token", { token_id: "BATCH-2025-01-01-0000000000000000-T0" }],
  ])("with another %s is reported and left, and the chain goes on", async (_, members) => {
    const { events, header, queue } = await anchoredWith((receipt) => ({ ...receipt, ...members }));
    expect(events[0]).toEqual({ type: "anchor-differs", key: anchorKeyOf(header) });
    expect(queue.status().pending).toBe(0);
  });
});

/** Ends a process at its `at`-th call to the world: the call is applied or not, and nothing ever goes on behind it. */
function killAt(
  world: World,
  at: number,
  isApplied: boolean,
): Required<Pick<RunOptions, "store" | "anchor" | "killed">> & { wasKilled(): boolean } {
  const killed = Promise.withResolvers<void>();
  const forever = new Promise<never>(() => undefined);
  let calls = 0;
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls < at) return act();
    if (calls === at && isApplied) await act();
    killed.resolve();
    return forever;
  };
  const { store, anchor } = world;
  return {
    killed: killed.promise,
    wasKilled: () => calls >= at,
    store: {
      get: (key) => step(() => store.get(key)),
      create: (key, bytes) => step(() => store.create(key, bytes)),
      async *list(prefix, after) {
        for await (const key of store.list(prefix, after)) yield await step(async () => key);
      },
    },
    anchor: {
      publish: (publications, signal) => step(() => anchor.publish(publications, signal)),
      find: (header) => step(() => anchor.find(header)),
      chainHead: (chain) => step(() => anchor.chainHead(chain)),
    },
  };
}

describe("a crash", () => {
  const batches = [...sampleBatches(4, account), ...sampleBatches(2, booking)];

  test.each([true, false])(
    "at any call to the world (applied: %s) mints nothing twice and leaves nothing out",
    async (isApplied) => {
      let crashes = 0;
      for (let at = 1; ; at += 1) {
        const world = await createWorld(...batches);
        const faulty = killAt(world, at, isApplied);
        await runLoop(world, { ...faulty, policy: { maxPerCall: 3 } });
        if (!faulty.wasKilled()) break;
        crashes += 1;
        await runLoop(world);
        await expectAnchored(world, batches);
        expect(seqsOf(world.anchor.minted, account)).toEqual(range(4));
      }
      expect(crashes).toBeGreaterThan(20);
    },
  );

  test("after a crash after a crash, the same", async () => {
    const crash = fc.record({ at: fc.integer({ min: 1, max: 60 }), isApplied: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { minLength: 1, maxLength: 6 }), async (crashes) => {
        const world = await createWorld(...batches);
        for (const { at, isApplied } of crashes)
          await runLoop(world, { ...killAt(world, at, isApplied), policy: { maxPerCall: 3 } });
        await runLoop(world);
        await expectAnchored(world, batches);
      }),
      { numRuns: 60 },
    );
  });

  test("calls that fail at will, applied or not, mint nothing twice and leave nothing out", async () => {
    const mishap = fc.constantFrom("none", "none", "lost", "unclear");
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { maxLength: 60 }), async (mishaps) => {
        const world = await createWorld(...batches);
        const left = [...mishaps];
        const step = async <T>(act: () => Promise<T>): Promise<T> => {
          const next = left.shift();
          if (next === "lost") throw new MemoryStoreError("UNAVAILABLE", "away");
          const result = await act();
          if (next === "unclear") throw new MemoryStoreError("OUTCOME_UNKNOWN", "cannot tell");
          return result;
        };
        await runLoop(world, {
          policy: { maxPerCall: 3 },
          store: {
            ...world.store,
            get: (key) => step(() => world.store.get(key)),
            create: (key, bytes) => step(() => world.store.create(key, bytes)),
          },
          anchor: {
            ...world.anchor,
            publish: (publications, signal) => step(() => world.anchor.publish(publications, signal)),
            chainHead: (chain) => step(() => world.anchor.chainHead(chain)),
          },
        });
        await expectAnchored(world, batches);
      }),
      { numRuns: 60 },
    );
  });

  test("two agents on one store mint every batch once", async () => {
    const world = await createWorld(...batches);
    const [one, other] = await Promise.all([runLoop(world, { policy: { maxPerCall: 2 } }), runLoop(world)]);
    await expectAnchored(world, batches);
    expect(typesOf([...one.events, ...other.events])).not.toContain("anchor-differs");
  });
});

describe("stopping", () => {
  test("lets the call in flight settle and writes down what it gave", async () => {
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
    await anchorBatches({ ...world, anchor, clock, queue, onEvent, database: "erp", cut: stop.signal });
    await expectAnchored(world, batches);
    expect(typesOf(events)).toEqual(["batch-anchored", "batch-anchored", "batch-anchored"]);
  });

  test("ends the sleep", async () => {
    const world = await createWorld();
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const stop = new AbortController();
    let slept: AbortSignal | undefined;
    const clock: Clock = {
      now: () => world.now,
      async sleep(_ms, signal) {
        slept = signal;
        stop.abort();
      },
    };
    await anchorBatches({ ...world, clock, queue, onEvent: () => expect.fail(), database: "erp", cut: stop.signal });
    expect(slept?.aborted).toBe(true);
  });

  test("while the store takes nothing leaves the batch to the next start", async () => {
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
    await anchorBatches({ ...world, store, clock, queue, onEvent, database: "erp", cut: stop.signal });
    expect(events).toEqual([]);
    expect(queue.status().pending).toBe(1);
    await runLoop(world);
    await expectAnchored(world, batches);
  });

  test("reports no failure of work that was cut off", async () => {
    const world = await createWorld(...sampleBatches(1));
    const stop = new AbortController();
    const anchor: Anchor = {
      ...world.anchor,
      publish: async () => {
        stop.abort();
        return away();
      },
    };
    const queue = createAnchorQueue({ policy: DEFAULT_ANCHOR_POLICY, random: () => 0 });
    const clock: Clock = { now: () => world.now, sleep: async () => expect.fail() };
    await anchorBatches({
      ...world,
      anchor,
      clock,
      queue,
      onEvent: () => expect.fail(),
      database: "erp",
      cut: stop.signal,
    });
    expect(queue.status()).toMatchObject({ pending: 1, parked: [] });
  });
});
