import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { MemoryStoreError, sampleBatches } from "@etrap/ledger/testing";
import {
  account,
  booking,
  createWorld,
  expectAnchored,
  HOUR_MS,
  MINUTE_MS,
  nothingWaits,
  putInto,
  runLoop,
  seqsOf,
  throwUnavailable,
  typesOf,
} from "./fixtures/anchor-world.ts";
import type { Anchor } from "./ports.ts";
import { samplePublication } from "./suites/sample-publication.ts";
import { createMemoryAnchor, MemoryAnchorError } from "./testing/memory-anchor.ts";

describe("a failure in the anchoring loop", () => {
  test("is tried again with one back-off, parks its chain alone, and ends by itself", async () => {
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
            ? { kind: "failed", error: new MemoryAnchorError("NOT_NEXT", "refused") }
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
    const waits = troubles.map((event) => ("retryInMs" in event ? event.retryInMs / 1_000 : 0));
    expect(waits.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(new Set(waits.slice(9))).toEqual(new Set([300]));
    expect(typesOf(troubles).indexOf("chain-parked")).toBe(2);
    expect(new Set(typesOf(troubles).slice(2))).toEqual(new Set(["chain-parked"]));
    expect(troubles[2]).toMatchObject({ chain: account, code: "NOT_NEXT", message: "refused", batches: 3 });
  });

  test("shows its parked chain in the status, and retryNow lets it be tried at once", async () => {
    const [bad, good] = [sampleBatches(2, account), sampleBatches(2, booking)];
    const world = await createWorld(...bad, ...good);
    const start = world.now;
    let isAway = true;
    const anchor: Anchor = {
      ...world.anchor,
      chainHead: (chain) => (isAway && chain.table === "account" ? throwUnavailable() : world.anchor.chainHead(chain)),
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

  test("is tried again at once, in every chain, when retryNow names none", async () => {
    const batches = [...sampleBatches(1, account), ...sampleBatches(1, booking)];
    const world = await createWorld(...batches);
    const start = world.now;
    let isAway = true;
    await runLoop(world, {
      anchor: { ...world.anchor, publish: (...args) => (isAway ? throwUnavailable() : world.anchor.publish(...args)) },
      onSleep: (queue) => {
        if (queue.status().parked.length < 2) return;
        isAway = false;
        queue.retryNow();
      },
    });
    await expectAnchored(world, batches);
    expect(world.now - start).toBeLessThan(MINUTE_MS);
  });

  test("of a whole call counts for every chain in it, and an anchor that is away is asked every five minutes", async () => {
    const batches = [...sampleBatches(1, account), ...sampleBatches(1, booking)];
    const world = await createWorld(...batches);
    const back = world.now + 2 * HOUR_MS;
    const anchor: Anchor = {
      ...world.anchor,
      publish: (...args) => (world.now < back ? throwUnavailable() : world.anchor.publish(...args)),
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(events[0]).toMatchObject({ type: "anchor-waiting", chain: account, code: "UNAVAILABLE", attempt: 1 });
    expect(events[1]).toMatchObject({ type: "anchor-waiting", chain: booking, code: "UNAVAILABLE", attempt: 1 });
    expect(world.now).toBeLessThan(back + 6 * MINUTE_MS);
  });

  test("makes the loop ask for the chain's head before it publishes again, and not otherwise", async () => {
    const batches = sampleBatches(45);
    const world = await createWorld(...batches);
    const steps: string[] = [];
    let heads = 0;
    const anchor: Anchor = {
      ...world.anchor,
      chainHead: async (chain) => {
        heads += 1;
        steps.push("head");
        return heads === 2 ? throwUnavailable() : world.anchor.chainHead(chain);
      },
      publish: async (...args) => {
        steps.push("publish");
        return steps.length === 2 ? throwUnavailable() : world.anchor.publish(...args);
      },
    };
    await runLoop(world, { anchor });
    expect(steps).toEqual(["head", "publish", "head", "head", "publish", "publish", "publish"]);
  });

  test("with an unclear answer mints nothing twice", async () => {
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

  test("in the middle of a turn keeps the batches before it, and attempts are counted anew", async () => {
    const batches = sampleBatches(6);
    const world = await createWorld(...batches);
    let calls = 0;
    const anchor: Anchor = {
      ...world.anchor,
      publish: async (publications, signal) => {
        calls += 1;
        const outcomes = await world.anchor.publish(publications.slice(0, 1), signal);
        return publications.map(
          (_, index) => outcomes[index] ?? { kind: "failed", error: new MemoryAnchorError("NOT_NEXT", "no") },
        );
      },
    };
    const { events } = await runLoop(world, { anchor });
    await expectAnchored(world, batches);
    expect(calls).toBe(6);
    for (const event of events) if (event.type === "anchor-waiting") expect(event.attempt).toBe(1);
    expect(typesOf(events)).not.toContain("chain-parked");
  });

  test("is assumed for batches without an outcome, with the code UNKNOWN", async () => {
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

  test("caused by a damaged batch parks its chain, and the batches before it are anchored", async () => {
    const batches = sampleBatches(5);
    const world = await createWorld(...batches);
    const { header, data } = batches[3] ?? expect.fail();
    world.store.lose(data.key);
    await world.store.create(
      data.key,
      new TextEncoder().encode(new TextDecoder().decode(data.bytes).replace("owner 4", "owner 5")),
    );
    const { events, queue } = await runLoop(world, { isDone: (each) => each.status().parked.length > 0 });
    expect(world.anchor.mints(header)).toBe(0);
    await expectAnchored(world, batches.slice(0, 3));
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", code: "LEDGER_DAMAGED", batches: 2 });
    expect(queue.status()).toMatchObject({ pending: 2, oldestSealedAt: header.sealed_at });
  });

  test.each(["slot", "data"] as const)("caused by a missing %s parks its chain", async (name) => {
    const batches = sampleBatches(2);
    const world = await createWorld(...batches, ...sampleBatches(1, booking));
    world.store.lose(batches[0]?.[name].key ?? "");
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    const code = name === "slot" ? "SLOT_MISSING" : "LEDGER_DAMAGED";
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code });
    expect(seqsOf(world.anchor.minted, booking)).toEqual([0]);
  });

  test("caused by unclear answers of the store loses no receipt", async () => {
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

describe("a head on the anchor", () => {
  test("that goes back, because its owner took batches back, has those above it published again", async () => {
    const batches = sampleBatches(6);
    const [before, last = expect.fail()] = [batches.slice(0, 5), batches[5]];
    const world = await createWorld(...before);
    const restarted = createMemoryAnchor();
    await restarted.publish(batches.slice(0, 2).map(samplePublication), new AbortController().signal);
    let current: Anchor = world.anchor;
    await runLoop(world, {
      anchor: {
        publish: (publications, signal) => current.publish(publications, signal),
        chainHead: (chain) => current.chainHead(chain),
      },
      isDone: (queue) => nothingWaits(queue) && restarted.mints(last.header) === 1,
      onSleep: (queue) => {
        if (current === restarted) return;
        expect(seqsOf(world.anchor.minted, account)).toEqual([0, 1, 2, 3, 4]);
        current = restarted;
        void putInto(world.store, last);
        queue.batchStored(samplePublication(last));
      },
    });
    expect(seqsOf(restarted.minted, account)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("that is only behind has them published again too, which mints nothing", async () => {
    const batches = sampleBatches(4);
    const world = await createWorld(...batches);
    const { digest } = batches[1]?.header.previous ?? expect.fail();
    let calls = 0;
    const anchor: Anchor = {
      publish: async (publications, signal) => {
        const outcomes = await world.anchor.publish(publications, signal);
        return (calls += 1) === 2 ? throwUnavailable() : outcomes;
      },
      chainHead: async (chain) => (calls === 2 ? { seq: 0, digest } : world.anchor.chainHead(chain)),
    };
    const { events } = await runLoop(world, { anchor, policy: { maxPerCall: 2 } });
    await expectAnchored(world, batches);
    expect(typesOf(events)).not.toContain("anchor-differs");
    expect(calls).toBeGreaterThan(3);
  });

  test("that is ahead of the store parks the chain with HEAD_ROLLED_BACK, and nothing is published", async () => {
    const batches = sampleBatches(3);
    const world = await createWorld(...batches.slice(0, 2), ...sampleBatches(1, booking));
    await world.anchor.publish(batches.map(samplePublication), new AbortController().signal);
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code: "HEAD_ROLLED_BACK" });
    expect(world.anchor.minted).toHaveLength(4);
  });

  test("that has another digest parks the chain with ANCHOR_FORKED, and nothing is published", async () => {
    const world = await createWorld(...sampleBatches(3), ...sampleBatches(1, booking));
    await world.anchor.publish(sampleBatches(2, account, 1).map(samplePublication), new AbortController().signal);
    const { events } = await runLoop(world, { isDone: (queue) => queue.status().parked.length > 0 });
    expect(events.at(-1)).toMatchObject({ type: "chain-parked", chain: account, code: "ANCHOR_FORKED" });
    expect(seqsOf(world.anchor.minted, account)).toEqual([0, 1]);
  });
});
