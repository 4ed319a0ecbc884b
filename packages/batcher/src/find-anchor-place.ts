import { readAnchorDocument } from "./anchor-document.ts";
import type { AnchorLine, AnchorPlace } from "./anchor-line.ts";
import { verifyHead } from "./check-head.ts";
import type { Anchor, ChainHead, ObjectStore } from "./ports.ts";
import { createSlots } from "./slots.ts";
import type { Slots } from "./slots.ts";

/**
 * Where anchoring a chain goes on: behind the newest batch that the anchor holds and whose anchor.json stands. The anchor's word decides how far
 * that can be, so an anchor.json that was forged hides no batch. Reads as many slots as there are batches anchored without an anchor.json, not
 * as there are in the chain. Rejects with HEAD_ROLLED_BACK, ANCHOR_FORKED, SLOT_MISSING, RECORD_DAMAGED, or the anchor's or store's own error.
 */
export async function findAnchorPlace(store: ObjectStore, anchor: Anchor, line: AnchorLine): Promise<AnchorPlace> {
  const { chain } = line;
  const slots = createSlots(store, chain);
  const check = await verifyHead(slots, anchor, chain);
  if (!check.answered) throw check.error;
  const newest = line.newest ?? (await slots.findNewest())?.seq ?? -1;
  // What this process anchored has its anchor.json, up to there.
  const next = line.next ?? (await firstWithoutDocument(store, slots, check.head));
  const oldest = next <= newest ? await slots.read(next) : undefined;
  return { next, newest: Math.max(newest, check.head?.seq ?? -1), oldestSealedAt: oldest?.sealed_at };
}

async function firstWithoutDocument(store: ObjectStore, slots: Slots, head: ChainHead | undefined): Promise<number> {
  for (let seq = head?.seq ?? -1; seq >= 0; seq -= 1) {
    const header = await slots.mustRead(seq);
    if ((await readAnchorDocument(store, header)) !== undefined) return seq + 1;
  }
  return 0;
}
