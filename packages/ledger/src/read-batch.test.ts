import { batchId, parseBatchData, verifyBatch } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { createBatchData, encodeBatchData, encodePayloadDocument, recordTree } from "@etrap/proof/write";
import { expect, test } from "vitest";
import { batchDataKey, payloadKey } from "./object-keys.ts";
import { readBatch } from "./read-batch.ts";
import { createMemoryStore, MemoryStoreError } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleBatch } from "./testing/sample-batches.ts";

const batch = sampleBatch({ changes: 3 });
const { rows } = verifyBatch({ slot: batch.slot.bytes, batchData: batch.data.bytes });

/** The header of the same rows in a batch whose values are in payload.json. */
const separate: Header = { ...batch.header, payload: "separate" };

async function storeInline(): Promise<MemoryStore> {
  const store = createMemoryStore();
  await store.create(batch.data.key, batch.data.bytes);
  return store;
}

async function storeSeparate(): Promise<MemoryStore> {
  const store = createMemoryStore();
  const [id, tree] = [batchId(separate), recordTree(rows.map(({ record }) => record))];
  const payloads = rows.map(({ payload }) => payload);
  await store.create(batchDataKey(separate, id), encodeBatchData(createBatchData({ header: separate, rows, tree })));
  await store.create(
    payloadKey(separate, id),
    encodePayloadDocument({ format: "etrap-payload/0", batch_id: id, rows: payloads }),
  );
  return store;
}

test("reads a batch with inline values", async () => {
  const stored = await readBatch(await storeInline(), batch.header);
  expect(stored.key).toBe(batch.data.key);
  expect(verifyBatch(stored).rows).toEqual(rows);
});

test("reads a batch with separate values from payload.json", async () => {
  const stored = await readBatch(await storeSeparate(), separate);
  expect(stored.payload).toBeDefined();
  expect(verifyBatch(stored).rows).toEqual(rows);
});

test("reads a batch whose payload.json was erased", async () => {
  const store = await storeSeparate();
  store.lose(payloadKey(separate, batchId(separate)));
  const verified = verifyBatch(await readBatch(store, separate));
  expect(verified.rows.map(({ record }) => record)).toEqual(rows.map(({ record }) => record));
  expect(verified.rows.map(({ payload }) => payload.after)).toEqual(rows.map(() => null));
});

test("ignores a payload.json beside a batch with inline values", async () => {
  const store = await storeInline();
  await store.create(payloadKey(batch.header, batch.id), new Uint8Array());
  expect((await readBatch(store, batch.header)).payload).toBeUndefined();
});

test("refuses a batch without batch-data.json", async () => {
  await expect(readBatch(createMemoryStore(), batch.header)).rejects.toMatchObject({
    code: "LEDGER_DAMAGED",
    message: expect.stringContaining(batch.data.key),
  });
});

test("returns damaged bytes as they are, and verifyBatch refuses them", async () => {
  const store = createMemoryStore();
  await store.create(batch.data.key, batch.data.bytes.slice(1));
  const stored = await readBatch(store, batch.header);
  expect(() => parseBatchData(stored.batchData)).toThrow(expect.objectContaining({ code: "MALFORMED_DOCUMENT" }));
  expect(() => verifyBatch(stored)).toThrow(expect.objectContaining({ code: "MALFORMED_DOCUMENT" }));
});

test.each(["batch-data.json", "payload.json"])("rejects with the store's error for %s", async (name) => {
  const store = await storeSeparate();
  const failing: MemoryStore = {
    ...store,
    get: async (key) => {
      if (key.endsWith(name)) throw new MemoryStoreError("UNAVAILABLE", "no answer");
      return store.get(key);
    },
  };
  await expect(readBatch(failing, separate)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
