import { headerDigest } from "@etrap/proof";
import { encodeAnchorDocument } from "@etrap/proof/write";
import type { Receipt } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createAnchorDocument, readAnchorDocument } from "./anchor-document.ts";
import { anchorKey } from "./object-keys.ts";
import { createMemoryStore, MemoryStoreError } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleAnchorDocument, sampleBatches } from "./testing/sample-batches.ts";

const [batch = expect.fail(), next = expect.fail()] = sampleBatches(2);
const { header } = batch;
const key = anchorKey(header, batch.id);

const receipt: Receipt = {
  kind: "near-nft",
  network: "testnet",
  contract: "acme.etrap.testnet",
  token_id: batch.id,
  tx_hash: "9xQe",
  block_height: 187_000_000,
  block_time: "1749855199000000000",
};

/** Returns the anchor.json of the batch with another last digit in the header's digest. */
function withOtherDigest(): Uint8Array {
  const digest = headerDigest(header);
  const header_digest = `${digest.slice(0, -1)}${digest.endsWith("0") ? "1" : "0"}`;
  return encodeAnchorDocument({ format: "etrap-anchor/0", batch_id: batch.id, header_digest, receipt });
}

async function storeWith(bytes: Uint8Array): Promise<MemoryStore> {
  const store = createMemoryStore();
  await store.create(key, bytes);
  return store;
}

describe("createAnchorDocument", () => {
  test("creates a document that readAnchorDocument returns", async () => {
    const store = createMemoryStore();
    expect(await createAnchorDocument(store, header, receipt)).toBe(true);
    expect(store.keys()).toEqual([key]);
    expect(await readAnchorDocument(store, header)).toMatchObject({ batch_id: batch.id, receipt });
  });

  test.each<[string, Partial<Receipt>, Partial<Receipt>]>([
    ["the same", {}, {}],
    ["the same, and does not know the transaction", { tx_hash: null }, {}],
    ["the same, and only the existing one does not know the transaction", {}, { tx_hash: null }],
  ])("returns true where the receipt is %s", async (_, ours, existing) => {
    const before = sampleAnchorDocument(header, { ...receipt, ...existing });
    const store = await storeWith(before);
    expect(await createAnchorDocument(store, header, { ...receipt, ...ours })).toBe(true);
    expect(await store.get(key)).toEqual(before);
  });

  test.each<Partial<Receipt>>([
    { network: "mainnet" },
    { contract: "mallory.near" },
    { token_id: next.id },
    { tx_hash: "other" },
    { block_height: 1 },
    { block_time: "1" },
  ])("returns false where the existing one names another mint: %o", async (members) => {
    const before = sampleAnchorDocument(header, { ...receipt, ...members });
    const store = await storeWith(before);
    expect(await createAnchorDocument(store, header, receipt)).toBe(false);
    expect(await store.get(key)).toEqual(before);
  });

  test.each([
    ["cannot be read", new TextEncoder().encode("{")],
    ["names another header", sampleAnchorDocument(next.header, receipt)],
  ])("returns false where the existing one %s", async (_, before) => {
    const store = await storeWith(before);
    expect(await createAnchorDocument(store, header, receipt)).toBe(false);
    expect(await store.get(key)).toEqual(before);
  });

  test.each<Partial<Receipt>>([{ network: "" }, { block_height: -1 }, { block_time: "soon" }])(
    "creates nothing from a receipt that no reader accepts: %o",
    async (members) => {
      const store = createMemoryStore();
      await expect(createAnchorDocument(store, header, { ...receipt, ...members })).rejects.toMatchObject({
        code: "MALFORMED_DOCUMENT",
      });
      expect(store.keys()).toEqual([]);
    },
  );

  test.each(["UNAVAILABLE", "OUTCOME_UNKNOWN"] as const)("passes on %s after one attempt", async (code) => {
    let attempts = 0;
    const failing: MemoryStore = {
      ...createMemoryStore(),
      create: async () => {
        attempts += 1;
        throw new MemoryStoreError(code, "no answer");
      },
    };
    await expect(createAnchorDocument(failing, header, receipt)).rejects.toMatchObject({ code });
    expect(attempts).toBe(1);
  });
});

describe("readAnchorDocument", () => {
  test("returns undefined where there is none", async () => {
    expect(await readAnchorDocument(createMemoryStore(), header)).toBeUndefined();
  });

  test.each([
    ["cannot be read", sampleAnchorDocument(header, receipt).slice(1)],
    ["is empty", new Uint8Array()],
    ["names another header", sampleAnchorDocument(next.header, receipt)],
    // A batch id holds only 16 digits of the digest, so both have to be compared.
    ["names the same batch with another digest", withOtherDigest()],
  ])("returns undefined where it %s", async (_, bytes) => {
    expect(await readAnchorDocument(await storeWith(bytes), header)).toBeUndefined();
  });

  test("rejects with the store's error, since the document may exist", async () => {
    const failing: MemoryStore = {
      ...createMemoryStore(),
      get: async () => {
        throw new MemoryStoreError("UNAVAILABLE", "no answer");
      },
    };
    await expect(readAnchorDocument(failing, header)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
