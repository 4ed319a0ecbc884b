import { verifyBatch } from "@etrap/proof";
import type { ChainName, Header } from "@etrap/proof";
import { nodeSha256 } from "../sealing/node-sha256.ts";
import type { ObjectStore, Publication } from "../ports.ts";
import { readBatch } from "../record/read-batch.ts";
import { createSlots, readable } from "../record/slots.ts";

/**
 * Reads what anchoring a stored batch needs. The batch is verified: what is minted can never be taken back. Throws SLOT_MISSING or
 * RECORD_DAMAGED.
 */
export async function readPublication(store: ObjectStore, chain: ChainName, seq: number): Promise<Publication> {
  const header = await createSlots(store, chain).mustRead(seq);
  const batch = await readBatch(store, header);
  readable(batch.key, () => verifyBatch(batch));
  return publicationOf(header, { key: batch.key, bytes: batch.batchData });
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
