import { batchFolder, batchId, slotKey } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createAnchorLine } from "./anchor-line.ts";
import { findAnchorPlace } from "./prepare-turns.ts";
import type { Anchor, ObjectStore } from "../ports.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryAnchor } from "../testing/memory-anchor.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { sampleAnchorDocument, sampleBatches, sampleChain, samplePublication } from "../testing/sample-batches.ts";

const account = sampleChain("account");

interface World {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly reads: readonly string[];
  readonly batches: readonly SealedBatch[];
}

/** A chain of `stored` slots, of which `anchored` are anchored and `documented` have their anchor.json; and what is read of it. */
async function createWorld(stored: number, anchored: number, documented: number): Promise<World> {
  const [held, anchor, batches] = [createMemoryStore(), createMemoryAnchor(), sampleBatches(stored)];
  const reads: string[] = [];
  for (const { slot } of batches) await held.create(slot.key, slot.bytes);
  await anchor.publish(batches.slice(0, anchored).map(samplePublication), new AbortController().signal);
  for (const { header } of batches.slice(0, documented)) {
    const receipt = (await anchor.find(header)) ?? expect.fail();
    await held.create(`${batchFolder(header, batchId(header))}anchor.json`, sampleAnchorDocument(header, receipt));
  }
  const store: ObjectStore = { ...held, get: (key) => (reads.push(key), held.get(key)) };
  return { store, anchor, reads, batches };
}

describe("where anchoring goes on", () => {
  test.each([
    [0, 0, 0],
    [5, 0, 0],
    [5, 3, 0],
    [5, 3, 2],
    [5, 3, 3],
    [5, 5, 5],
  ])("of %i stored batches, %i anchored, %i with anchor.json: behind those", async (stored, anchored, documented) => {
    const { store, anchor, batches } = await createWorld(stored, anchored, documented);
    expect(await findAnchorPlace(store, anchor, createAnchorLine(account))).toEqual({
      next: documented,
      newest: stored - 1,
      oldestSealedAt: batches[documented]?.header.sealed_at,
    });
  });

  test("is not looked up again once it is known: only the head and the oldest that waits are read", async () => {
    const { store, anchor, reads } = await createWorld(9, 5, 1);
    const line = { ...createAnchorLine(account), next: 3, newest: 8 };
    expect(await findAnchorPlace(store, anchor, line)).toMatchObject({ next: 3, newest: 8 });
    expect(reads).toEqual([slotKey(account, 4), slotKey(account, 3)]);
  });

  test("counts batches that another agent stored and anchored meanwhile", async () => {
    const { store, anchor } = await createWorld(5, 4, 1);
    const line = { ...createAnchorLine(account), newest: 1 };
    expect(await findAnchorPlace(store, anchor, line)).toMatchObject({ next: 1, newest: 3 });
  });
});
