import { headerDigest, slotKey } from "@etrap/proof";
import type { ChainName, Header } from "@etrap/proof";
import { BatcherError } from "../batcher-error.ts";
import type { Anchor, ChainHead } from "../ports.ts";
import type { Slots } from "../record/slots.ts";

/** What asking an anchor for a chain's head came to. */
export type HeadCheck =
  /** The store holds what is anchored. `head` is undefined while nothing of the chain is. */
  | { readonly answered: true; readonly head: ChainHead | undefined }
  /** The anchor did not answer, so nothing is known. Capture goes on: the anchor loop asks again before it publishes any of the chain. */
  | { readonly answered: false; readonly error: unknown };

/**
 * Checks that the store holds the newest batch that is anchored of a chain. Rejects with HEAD_ROLLED_BACK or ANCHOR_FORKED, after which nothing
 * may be written to the chain, or with what reading the slot rejects with.
 */
export async function verifyHead(slots: Pick<Slots, "read">, anchor: Anchor, chain: ChainName): Promise<HeadCheck> {
  const check = await askHead(anchor, chain);
  if (!check.answered || check.head === undefined) return check;
  // Read after the answer: another agent may have stored and anchored a batch since this one found its newest slot.
  const header = await slots.read(check.head.seq);
  verifySlotAtHead(chain, header, check.head);
  return check;
}

async function askHead(anchor: Anchor, chain: ChainName): Promise<HeadCheck> {
  try {
    return { answered: true, head: await anchor.chainHead(chain) };
  } catch (error) {
    return { answered: false, error };
  }
}

function verifySlotAtHead(chain: ChainName, header: Header | undefined, { seq, digest }: ChainHead): void {
  const key = slotKey(chain, seq);
  if (header === undefined) {
    throw new BatcherError(
      "HEAD_ROLLED_BACK",
      `${key}: missing, though batch ${seq} is anchored; the store was set back: restore it from a copy before anything is written`,
    );
  }
  const found = headerDigest(header);
  if (found !== digest) {
    throw new BatcherError(
      "ANCHOR_FORKED",
      `${key}: expected the header with digest ${digest}, which is anchored, found ${found}; restore the slot from a copy of the store`,
    );
  }
}
