import { batchId, encodeHeader } from "@etrap/proof";
import type { BatchDocuments, Header } from "@etrap/proof";
import { getStored } from "./get-stored.ts";
import { LedgerError } from "./ledger-error.ts";
import { batchDataKey, payloadKey } from "./object-keys.ts";
import type { ObjectReader } from "./object-store.ts";

/** The documents of a batch as the store holds them, for `verifyBatch`. */
export interface StoredBatch extends BatchDocuments {
  /** The key of batch-data.json. */
  readonly key: string;
}

/**
 * Reads the batch that a slot names, without checking it: pass the result to `verifyBatch`. Rejects
 * with LEDGER_DAMAGED where batch-data.json is missing, and with the store's errors.
 */
export async function readBatch(reader: ObjectReader, header: Header): Promise<StoredBatch> {
  const id = batchId(header);
  const key = batchDataKey(header, id);
  const batchData = await getStored(reader, key);
  if (batchData === undefined) throw new LedgerError("LEDGER_DAMAGED", `${key}: missing, although a slot names it`);
  const payload = header.payload === "inline" ? undefined : await getStored(reader, payloadKey(header, id));
  return { key, slot: encodeHeader(header), batchData, payload };
}
