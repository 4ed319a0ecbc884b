import { verifyChain } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import type { ChainName } from "./object-keys.ts";
import type { ObjectReader } from "./object-store.ts";
import { createSlots } from "./slots.ts";

/**
 * Reads the headers of a chain, oldest first, and checks that each names the one before. Batches
 * that are stored meanwhile are read too. A missing slot is not taken for the end of the chain:
 * that would make the changes behind it look absent. Rejects with SLOT_MISSING for such a slot,
 * LEDGER_DAMAGED for an object that is no header of this chain and seq, the ProofError of
 * `verifyChain` for a header that does not follow the one before, and the store's errors.
 */
export async function* readHeaders(reader: ObjectReader, chain: ChainName): AsyncGenerator<Header> {
  const slots = createSlots(reader, chain);
  let previous: Header | undefined;
  for (;;) {
    const seq = previous === undefined ? 0 : previous.seq + 1;
    const header = await slots.read(seq);
    if (header !== undefined) {
      verifyChain(previous === undefined ? [header] : [previous, header]);
      yield header;
      previous = header;
    } else if (await slots.isEnd(seq)) return;
  }
}
