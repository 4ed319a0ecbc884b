import { batchId } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { batchFolder, slotKey } from "@etrap/ledger";
import { createMemoryStore, sampleBatches, sampleChain, sampleAnchorDocument } from "@etrap/ledger/testing";
import { createChainProgress } from "./chain-progress.ts";
import { findAnchorPlace } from "./prepare-turns.ts";
import type { Anchor } from "../ports.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryAnchor } from "../testing/memory-anchor.ts";
import { samplePublication } from "../suites/sample-publication.ts";

const account = sampleChain("account");

interface World {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly reads: readonly string[];
  readonly batches: readonly SealedBatch[];
}

/**
 * Creates a chain of `stored` slots, of which `anchored` are anchored and `documented` have their
 * anchor.json.
 */
async function createWorld(stored: number, anchored: number, documented: number): Promise<World> {
  const [memory, anchor, batches] = [createMemoryStore(), createMemoryAnchor(), sampleBatches(stored)];
  const reads: string[] = [];
  for (const { slot } of batches) await memory.create(slot.key, slot.bytes);
  await anchor.publish(batches.slice(0, anchored).map(samplePublication), new AbortController().signal);
  for (const { header } of batches.slice(0, documented)) {
    const receipt = anchor.receiptOf(header) ?? expect.fail();
    await memory.create(`${batchFolder(header, batchId(header))}anchor.json`, sampleAnchorDocument(header, receipt));
  }
  const store: ObjectStore = { ...memory, get: (key) => (reads.push(key), memory.get(key)) };
  return { store, anchor, reads, batches };
}

describe("the place where anchoring continues", () => {
  test.each([
    [0, 0, 0],
    [5, 0, 0],
    [5, 3, 0],
    [5, 3, 2],
    [5, 3, 3],
    [5, 5, 5],
  ])(
    "of %i stored batches, %i anchored, is behind the %i with an anchor.json",
    async (stored, anchored, documented) => {
      const { store, anchor, batches } = await createWorld(stored, anchored, documented);
      expect(await findAnchorPlace(store, anchor, createChainProgress(account))).toEqual({
        next: documented,
        newest: stored - 1,
        oldestSealedAt: batches[documented]?.header.sealed_at,
      });
    },
  );

  test("is not searched for once it is known, so only the head and the oldest waiting batch are read", async () => {
    const { store, anchor, reads } = await createWorld(9, 5, 1);
    const progress = { ...createChainProgress(account), next: 3, newest: 8 };
    expect(await findAnchorPlace(store, anchor, progress)).toMatchObject({ next: 3, newest: 8 });
    expect(reads).toEqual([slotKey(account, 4), slotKey(account, 3)]);
  });

  test("takes account of batches that another agent stored and anchored meanwhile", async () => {
    const { store, anchor } = await createWorld(5, 4, 1);
    const progress = { ...createChainProgress(account), newest: 1 };
    expect(await findAnchorPlace(store, anchor, progress)).toMatchObject({ next: 1, newest: 3 });
  });
});
