import { slotKey } from "@etrap/ledger";
import type { ChainName, Slots } from "@etrap/ledger";
import { headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { BatcherError } from "../batcher-error.ts";
import type { Anchor, ChainHead } from "../ports.ts";

/** The outcome of asking an anchor for a chain's head. */
export type HeadCheck =
  /** The store holds what is anchored. `head` is undefined while nothing of the chain is. */
  | { readonly kind: "answered"; readonly head: ChainHead | undefined }
  /**
   * The anchor did not answer, so nothing is known. The anchoring loop asks again before it
   * publishes any batch of the chain.
   */
  | { readonly kind: "unanswered"; readonly error: unknown };

/**
 * Checks that the store holds the newest anchored batch of a chain. Rejects with HEAD_ROLLED_BACK
 * or ANCHOR_FORKED, after which the chain must not be written, or with the error of reading the
 * slot.
 */
export async function verifyHead(slots: Pick<Slots, "read">, anchor: Anchor, chain: ChainName): Promise<HeadCheck> {
  const check = await askHead(anchor, chain);
  if (check.kind === "unanswered" || check.head === undefined) return check;
  // Read after the answer: another agent may have stored and anchored a batch since this one found
  // its newest slot.
  const header = await slots.read(check.head.seq);
  verifySlotAtHead(chain, header, check.head);
  return check;
}

async function askHead(anchor: Anchor, chain: ChainName): Promise<HeadCheck> {
  try {
    return { kind: "answered", head: await anchor.chainHead(chain) };
  } catch (error) {
    return { kind: "unanswered", error };
  }
}

function verifySlotAtHead(chain: ChainName, header: Header | undefined, { seq, digest }: ChainHead): void {
  const key = slotKey(chain, seq);
  if (header === undefined) {
    throw new BatcherError(
      "HEAD_ROLLED_BACK",
      `${key}: missing, although batch ${seq} is anchored. The store was set back; restore the missing objects of this chain from a copy of the store before anything is written`,
    );
  }
  const found = headerDigest(header);
  if (found !== digest) {
    throw new BatcherError(
      "ANCHOR_FORKED",
      `${key}: expected the anchored header, with digest ${digest}, found ${found}; restore the slot from a copy of the store`,
    );
  }
}
