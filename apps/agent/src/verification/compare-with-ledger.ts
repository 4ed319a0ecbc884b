import { createSlots, slotKey } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { headerDigest } from "@etrap/proof";
import type { ProofFile } from "@etrap/proof";

/** How a proof file compares with a ledger. */
export type Comparison =
  /** Each header of the file stands in its slot. */
  | { readonly kind: "same" }
  /** The ledger has no such slot. */
  | { readonly kind: "missing"; readonly key: string }
  /** Another batch stands in the slot. */
  | { readonly kind: "differs"; readonly key: string };

/**
 * Compares each header of a proof file with its slot in a ledger. Rejects with LEDGER_DAMAGED and
 * the errors of the store.
 */
export async function compareWithLedger(ledger: ObjectReader, { headers }: ProofFile): Promise<Comparison> {
  for (const header of headers) {
    const key = slotKey(header, header.seq);
    const standing = await createSlots(ledger, header).read(header.seq);
    if (standing === undefined) return { kind: "missing", key };
    if (headerDigest(standing) !== headerDigest(header)) return { kind: "differs", key };
  }
  return { kind: "same" };
}
