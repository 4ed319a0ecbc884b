import { batchFolder, batchId, verifyBatch } from "@etrap/proof";
import { encodeHeader } from "@etrap/proof/write";
import type { ChainName, Header } from "@etrap/proof";
import { BatcherError } from "./batcher-error.ts";
import { nodeSha256 } from "./node-sha256.ts";
import type { ObjectStore, Publication } from "./ports.ts";
import { createSlots, readable } from "./slots.ts";

/**
 * Reads what anchoring a stored batch needs. The batch is verified: what is minted can never be taken back. Throws SLOT_MISSING or
 * RECORD_DAMAGED.
 */
export async function readPublication(store: ObjectStore, chain: ChainName, seq: number): Promise<Publication> {
  const header = await createSlots(store, chain).mustRead(seq);
  const key = `${batchFolder(chain, batchId(header))}batch-data.json`;
  const bytes = await store.get(key);
  if (bytes === undefined) throw new BatcherError("RECORD_DAMAGED", `${key}: missing, though a slot names it`);
  readable(key, () => verifyBatch({ slot: encodeHeader(header), batchData: bytes }));
  return publicationOf(header, { key, bytes });
}

/** What anchoring this batch needs, from its stored document. */
export function publicationOf(
  header: Header,
  { key, bytes }: { readonly key: string; readonly bytes: Uint8Array },
): Publication {
  return {
    header,
    batchData: { key, size: bytes.length, sha256: Buffer.from(nodeSha256(bytes)).toString("hex") },
  };
}
