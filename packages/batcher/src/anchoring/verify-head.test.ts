import { headerDigest } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { verifyHead } from "./verify-head.ts";
import type { Anchor } from "../ports.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createSlots } from "../record/slots.ts";
import type { Slots } from "../record/slots.ts";
import { createMemoryAnchor, MemoryAnchorError } from "../testing/memory-anchor.ts";
import type { MemoryAnchor } from "../testing/memory-anchor.ts";
import { createMemoryStore, MemoryStoreError } from "../testing/memory-store.ts";
import { sampleBatches, sampleChain, samplePublication } from "../testing/sample-batches.ts";

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

describe("a chain's head on the anchor", () => {
  test.each([0, 3])("is none while nothing is anchored (%i slots)", async (count) => {
    const slots = await slotsOf(sampleBatches(count));
    expect(await verifyHead(slots, createMemoryAnchor(), account)).toEqual({ answered: true, head: undefined });
  });

  test.each([1, 2, 3])("is a batch that the store holds, the newest or not (%i of 3)", async (count) => {
    const batches = sampleBatches(3);
    const head = { seq: count - 1, digest: headerDigest(batches[count - 1]?.header ?? expect.fail()) };
    const check = await verifyHead(await slotsOf(batches), await anchorOf(batches.slice(0, count)), account);
    expect(check).toEqual({ answered: true, head });
  });

  test.each([0, 1, 2])("ahead of a store with %i of 3 slots is HEAD_ROLLED_BACK", async (count) => {
    const slots = await slotsOf(sampleBatches(count));
    const anchor = await anchorOf(sampleBatches(3));
    await expect(verifyHead(slots, anchor, account)).rejects.toMatchObject({ code: "HEAD_ROLLED_BACK" });
  });

  test.each([1, 2, 3])("with another digest at its seq is ANCHOR_FORKED (%i slots of another line)", async (count) => {
    const slots = await slotsOf(sampleBatches(3, account, 1));
    const anchor = await anchorOf(sampleBatches(count));
    await expect(verifyHead(slots, anchor, account)).rejects.toMatchObject({ code: "ANCHOR_FORKED" });
  });

  test("that another agent moves on meanwhile is no roll-back: the slot is read after the answer", async () => {
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

  test("that nobody tells is told apart, and stops nothing", async () => {
    const error = new MemoryAnchorError("UNAVAILABLE", "nobody answers");
    const anchor: Anchor = {
      ...createMemoryAnchor(),
      chainHead: async () => {
        throw error;
      },
    };
    const check = await verifyHead(await slotsOf(sampleBatches(1)), anchor, account);
    expect(check).toEqual({ answered: false, error });
  });

  test("cannot be checked where the store does not answer", async () => {
    const read = async (): Promise<never> => {
      throw new MemoryStoreError("UNAVAILABLE", "away");
    };
    const anchor = await anchorOf(sampleBatches(1));
    await expect(verifyHead({ read }, anchor, account)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
