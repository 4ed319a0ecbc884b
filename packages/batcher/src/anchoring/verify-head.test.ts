import { headerDigest } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createSlots } from "@etrap/ledger";
import type { Slots } from "@etrap/ledger";
import { createMemoryStore, MemoryStoreError, sampleBatches, sampleChain } from "@etrap/ledger/testing";
import { verifyHead } from "./verify-head.ts";
import type { Anchor } from "../ports.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryAnchor, MemoryAnchorError } from "../testing/memory-anchor.ts";
import type { MemoryAnchor } from "../testing/memory-anchor.ts";
import { samplePublication } from "../suites/sample-publication.ts";

const account = sampleChain("account");
const NEVER = new AbortController().signal;

async function slotsOf(batches: readonly SealedBatch[]): Promise<Slots> {
  const store = createMemoryStore();
  for (const { slot } of batches) await store.create(slot.key, slot.bytes);
  return createSlots(store, account);
}

async function anchorOf(batches: readonly SealedBatch[]): Promise<MemoryAnchor> {
  const anchor = createMemoryAnchor();
  await anchor.publish(batches.map(samplePublication), NEVER);
  return anchor;
}

describe("the head of a chain on the anchor", () => {
  test.each([0, 3])("is undefined while nothing is anchored (%i slots)", async (count) => {
    const slots = await slotsOf(sampleBatches(count));
    expect(await verifyHead(slots, createMemoryAnchor(), account)).toEqual({ kind: "answered", head: undefined });
  });

  test.each([1, 2, 3])("may be any batch that the store holds (%i of 3)", async (count) => {
    const batches = sampleBatches(3);
    const digest = headerDigest(batches[count - 1]?.header ?? expect.fail());
    const head = { seq: count - 1, digest, firstSeq: 0 };
    const check = await verifyHead(await slotsOf(batches), await anchorOf(batches.slice(0, count)), account);
    expect(check).toEqual({ kind: "answered", head });
  });

  test.each([0, 1, 2])("is HEAD_ROLLED_BACK where the store has only %i of 3 slots", async (count) => {
    const slots = await slotsOf(sampleBatches(count));
    const anchor = await anchorOf(sampleBatches(3));
    await expect(verifyHead(slots, anchor, account)).rejects.toMatchObject({ code: "HEAD_ROLLED_BACK" });
  });

  test.each([1, 2, 3])(
    "is ANCHOR_FORKED where the store has another header at its seq (head %i of 3)",
    async (count) => {
      const slots = await slotsOf(sampleBatches(3, account, 1));
      const anchor = await anchorOf(sampleBatches(count));
      await expect(verifyHead(slots, anchor, account)).rejects.toMatchObject({ code: "ANCHOR_FORKED" });
    },
  );

  test("is not HEAD_ROLLED_BACK where another agent advances it meanwhile, since the slot is read after the answer", async () => {
    const batches = sampleBatches(2);
    const anchor = await anchorOf(batches);
    const store = createMemoryStore();
    const late: Anchor = {
      ...anchor,
      chainHead: async (chain) => {
        for (const { slot } of batches) await store.create(slot.key, slot.bytes);
        return anchor.chainHead(chain);
      },
    };
    expect(await verifyHead(createSlots(store, account), late, account)).toMatchObject({ head: { seq: 1 } });
  });

  test("is unanswered while the anchor is away, which is no error", async () => {
    const error = new MemoryAnchorError("UNAVAILABLE", "no answer");
    const anchor: Anchor = {
      ...createMemoryAnchor(),
      chainHead: async () => {
        throw error;
      },
    };
    const check = await verifyHead(await slotsOf(sampleBatches(1)), anchor, account);
    expect(check).toEqual({ kind: "unanswered", error });
  });

  test("cannot be checked while the store is away", async () => {
    const read = async (): Promise<never> => {
      throw new MemoryStoreError("UNAVAILABLE", "away");
    };
    const anchor = await anchorOf(sampleBatches(1));
    await expect(verifyHead({ read }, anchor, account)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
