import { createSlots, readAnchorDocument } from "@etrap/ledger";
import type { ObjectReader, Slots } from "@etrap/ledger";
import type { ChainHead } from "../ports.ts";
import type { AnchorContext } from "./anchor-context.ts";
import type { AnchorPlace, ChainProgress } from "./chain-progress.ts";

/**
 * Finds where the anchoring of a chain continues: behind the newest batch that the anchor holds and
 * whose anchor.json stands. The search starts at the anchor's head, so a forged anchor.json hides
 * no batch. It walks back to the first anchor.json, or to the first batch that the anchor holds.
 * Rejects with HEAD_ROLLED_BACK, ANCHOR_FORKED, SLOT_MISSING, LEDGER_DAMAGED, or the error of the
 * anchor or the store.
 */
export async function findAnchorPlace(
  { store, heads, anchorFrom }: Pick<AnchorContext, "store" | "heads" | "anchorFrom">,
  progress: ChainProgress,
): Promise<AnchorPlace> {
  const slots = createSlots(store, progress.chain);
  const head = await heads.of(progress.chain);
  const stored = progress.newest ?? (await slots.findNewest())?.seq ?? -1;
  const newest = Math.max(stored, head?.seq ?? -1);
  const next =
    head === undefined
      ? firstToBegin(progress, newest, anchorFrom)
      : (knownNext(progress, head) ?? (await firstWithoutDocument(store, slots, head)));
  const oldest = next <= newest ? await slots.read(next) : undefined;
  return { next, newest, begins: head === undefined, oldestSealedAt: oldest?.sealed_at };
}

/** Returns where a chain begins of which the anchor holds nothing. */
function firstToBegin(
  { next, stored }: ChainProgress,
  newest: number,
  anchorFrom: AnchorContext["anchorFrom"],
): number {
  if (anchorFrom === "beginning") return 0;
  // The batches that this run stored have their tokens, however long the anchor was away. A place
  // that was found before stays, so that no batch behind it is left out.
  return Math.max(0, Math.min(next ?? newest + 1 - stored, newest));
}

/**
 * Returns the place that this process knows: it created every anchor.json before it. Undefined
 * where it does not know, or where another agent has begun the chain.
 */
function knownNext({ next, begins }: ChainProgress, { seq, firstSeq = 0 }: ChainHead): number | undefined {
  if (next === undefined || begins || next < firstSeq) return undefined;
  // The head goes back where the anchor's owner took batches back. Those above it are published
  // again. An anchor that is only behind returns their receipts, and mints nothing.
  return Math.min(next, seq + 1);
}

async function firstWithoutDocument(
  reader: ObjectReader,
  slots: Slots,
  { seq: newest, firstSeq = 0 }: ChainHead,
): Promise<number> {
  for (let seq = newest; seq >= firstSeq; seq -= 1) {
    const header = await slots.require(seq);
    if ((await readAnchorDocument(reader, header)) !== undefined) return seq + 1;
  }
  return firstSeq;
}
