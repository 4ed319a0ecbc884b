import { batchFolder, batchId } from "@etrap/proof";
import { encodeHeader } from "@etrap/proof/write";
import type { BatchDocuments, Header } from "@etrap/proof";
import { BatcherError } from "../batcher-error.ts";
import type { ObjectStore } from "../ports.ts";

/** A batch's documents as the store holds them, for `verifyBatch`. */
export interface StoredBatch extends BatchDocuments {
  /** The key of its batch-data.json. */
  readonly key: string;
}

/** Reads the batch that a slot names, unchecked. Rejects with RECORD_DAMAGED where it is missing, and with the store's errors. */
export async function readBatch(store: ObjectStore, header: Header): Promise<StoredBatch> {
  const folder = batchFolder(header, batchId(header));
  const key = `${folder}batch-data.json`;
  const batchData = await store.get(key);
  if (batchData === undefined) throw new BatcherError("RECORD_DAMAGED", `${key}: missing, though a slot names it`);
  const payload = header.payload === "inline" ? undefined : await store.get(`${folder}payload.json`);
  return { key, slot: encodeHeader(header), batchData, payload };
}
