import { batchId } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { batchFolder, slotKey } from "@etrap/ledger";
import { createMemoryStore, sampleBatches, sampleChain, sampleAnchorDocument } from "@etrap/ledger/testing";
import { createChainProgress } from "./chain-progress.ts";
import { findAnchorPlace } from "./find-anchor-place.ts";
import { createHeads } from "./heads.ts";
import type { Heads } from "./heads.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryAnchor } from "../testing/memory-anchor.ts";
import { samplePublication } from "../suites/sample-publication.ts";
import { systemClock } from "../wait/system-clock.ts";

const account = sampleChain("account");

interface World {
  readonly store: ObjectStore;
  readonly heads: Heads;
  readonly anchorFrom: "beginning";
  readonly reads: readonly string[];
  readonly batches: readonly SealedBatch[];
}

/** A chain of `stored` slots. Batches from `first` up to the other numbers are anchored … */
interface Numbers {
  readonly stored: number;
  readonly first?: number;
  readonly anchored: number;
  /** … and have their anchor.json. */
  readonly documented: number;
}

async function createWorld({ stored, first = 0, anchored, documented }: Numbers): Promise<World> {
  const [memory, anchor, batches] = [createMemoryStore(), createMemoryAnchor(), sampleBatches(stored)];
  const reads: string[] = [];
  for (const { slot } of batches) await memory.create(slot.key, slot.bytes);
  const publications = batches.slice(first, anchored).map((batch) => ({ ...samplePublication(batch), begins: true }));
  await anchor.publish(publications, new AbortController().signal);
  for (const { header } of batches.slice(first, documented)) {
    const receipt = anchor.receiptOf(header) ?? expect.fail();
    await memory.create(`${batchFolder(header, batchId(header))}anchor.json`, sampleAnchorDocument(header, receipt));
  }
  const store: ObjectStore = { ...memory, get: (key) => (reads.push(key), memory.get(key)) };
  const heads = createHeads({ store, anchor, clock: systemClock, deadline: new AbortController().signal });
  return { store, heads, anchorFrom: "beginning", reads, batches };
}

const unknown = createChainProgress(account);

describe("the place where anchoring continues", () => {
  test.each([
    { stored: 0, anchored: 0, documented: 0 },
    { stored: 5, anchored: 0, documented: 0 },
    { stored: 5, anchored: 3, documented: 0 },
    { stored: 5, anchored: 3, documented: 2 },
    { stored: 5, anchored: 3, documented: 3 },
    { stored: 5, anchored: 5, documented: 5 },
  ])("is behind the batches with an anchor.json: %o", async (numbers) => {
    const { stored, anchored, documented } = numbers;
    const world = await createWorld(numbers);
    expect(await findAnchorPlace(world, unknown)).toEqual({
      next: documented,
      newest: stored - 1,
      begins: anchored === 0,
      oldestSealedAt: world.batches[documented]?.header.sealed_at,
    });
  });

  test("is the first batch that the anchor holds, where that one has no anchor.json, and no older slot is read", async () => {
    const world = await createWorld({ stored: 9, first: 5, anchored: 7, documented: 5 });
    const progress = { ...unknown, newest: 8 };
    expect(await findAnchorPlace(world, progress)).toMatchObject({ next: 5, newest: 8, begins: false });
    expect(world.reads).not.toContain(slotKey(account, 4));
  });

  test("is not searched for once it is known, so only the head and the oldest waiting batch are read", async () => {
    const world = await createWorld({ stored: 9, anchored: 5, documented: 1 });
    const progress = { ...unknown, next: 3, newest: 8 };
    expect(await findAnchorPlace(world, progress)).toMatchObject({ next: 3, newest: 8 });
    expect(world.reads).toEqual([slotKey(account, 4), slotKey(account, 3)]);
  });

  test("is searched for where another agent began the chain, before or behind the place that was known", async () => {
    const progress = { ...unknown, next: 4, newest: 8 };
    const before = await createWorld({ stored: 9, first: 2, anchored: 7, documented: 2 });
    expect(await findAnchorPlace(before, { ...progress, begins: true })).toMatchObject({ next: 2, begins: false });
    const behind = await createWorld({ stored: 9, first: 6, anchored: 8, documented: 7 });
    expect(await findAnchorPlace(behind, progress)).toMatchObject({ next: 7 });
  });

  test("goes back with the head", async () => {
    const world = await createWorld({ stored: 9, anchored: 4, documented: 4 });
    expect(await findAnchorPlace(world, { ...unknown, next: 7, newest: 8 })).toMatchObject({ next: 4, newest: 8 });
  });

  test("takes account of batches that another agent stored and anchored meanwhile", async () => {
    const world = await createWorld({ stored: 5, anchored: 4, documented: 1 });
    expect(await findAnchorPlace(world, { ...unknown, newest: 1 })).toMatchObject({ next: 1, newest: 3 });
  });
});

describe("the place where anchoring begins, from now on,", () => {
  test.each([
    ["is 0 in a chain without batches", { stored: 0 }, {}, 0],
    ["is the newest batch", { stored: 9 }, {}, 8],
    ["is the first batch that this run stored", { stored: 9 }, { newest: 8, stored: 3 }, 6],
    ["is 0 where this run stored all", { stored: 2 }, { newest: 1, stored: 2 }, 0],
    ["stays where it was, while more are stored", { stored: 9 }, { newest: 8, next: 4, begins: true }, 4],
    ["is the newest batch again, where the anchor's owner took all back", { stored: 9 }, { newest: 8, next: 9 }, 8],
  ])("%s", async (_, { stored }, known, next) => {
    const world = await createWorld({ stored, anchored: 0, documented: 0 });
    const place = await findAnchorPlace({ ...world, anchorFrom: "now" }, { ...unknown, ...known });
    expect(place).toMatchObject({ next, begins: true });
  });
});
