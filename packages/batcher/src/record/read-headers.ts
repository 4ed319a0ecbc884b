import { verifyChain } from "@etrap/proof";
import type { ChainName, Header } from "@etrap/proof";
import type { ObjectStore } from "../ports.ts";
import { createSlots } from "./slots.ts";

/**
 * The headers of a chain, oldest first, each standing on the one before; batches that are taken meanwhile are read too. A hole is not the end:
 * to stop there would say of what lies behind that it is not in the record. So it rejects with SLOT_MISSING for a slot that is missing though a
 * later one stands, RECORD_DAMAGED for one that is no header of this chain and seq, and with the ProofError of `verifyChain`, which bears a
 * verdict, for one out of line. The store's errors pass through.
 */
export async function* readHeaders(store: ObjectStore, chain: ChainName): AsyncGenerator<Header> {
  const slots = createSlots(store, chain);
  let previous: Header | undefined;
  for (;;) {
    const seq = previous === undefined ? 0 : previous.seq + 1;
    const header = await slots.read(seq);
    if (header !== undefined) {
      verifyChain(previous === undefined ? [header] : [previous, header]);
      yield header;
      previous = header;
    } else if (await slots.endsBefore(seq)) return;
  }
}
