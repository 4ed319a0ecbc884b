import { createSlots, parseStored, readBatch } from "@etrap/ledger";
import type { ChainName, ObjectReader } from "@etrap/ledger";
import { verifyBatch } from "@etrap/proof";
import type { Publication } from "../ports.ts";
import { publicationOf } from "../sealing/publication.ts";

/**
 * Reads the publication of a stored batch. The batch is verified first, since a mint can never be
 * taken back. Rejects with SLOT_MISSING or LEDGER_DAMAGED.
 */
export async function readPublication(reader: ObjectReader, chain: ChainName, seq: number): Promise<Publication> {
  const header = await createSlots(reader, chain).require(seq);
  const batch = await readBatch(reader, header);
  parseStored(batch.key, () => verifyBatch(batch));
  return publicationOf(header, { key: batch.key, bytes: batch.batchData });
}
