import type { ChainName } from "@etrap/proof";
import { readAnchorDocument } from "./anchor-document.ts";
import type { AnchorLine, AnchorPlace } from "./anchor-line.ts";
import type { AnchorTurn } from "./anchor-queue.ts";
import { attempt } from "./anchoring.ts";
import type { Anchoring } from "./anchoring.ts";
import { verifyHead } from "./verify-head.ts";
import type { Anchor, ChainHead, ObjectStore, Publication } from "../ports.ts";
import { readPublication } from "./read-publication.ts";
import { createSlots } from "../record/slots.ts";
import type { Slots } from "../record/slots.ts";

/** One chain's part of a call: its next batches, in order. */
export interface PreparedTurn {
  readonly line: AnchorLine;
  readonly publications: readonly Publication[];
}

/** Asks the anchor how far it holds the chains of which that is not certain, and reads what each of them publishes. */
export async function prepareTurns(anchoring: Anchoring, due: readonly AnchorLine[]): Promise<PreparedTurn[]> {
  const { store, anchor, queue } = anchoring;
  const place = async (line: AnchorLine): Promise<void> => {
    if (line.mustAsk) queue.placed(line, await findAnchorPlace(store, anchor, line));
  };
  await Promise.all(due.map((line) => attempt(anchoring, line, () => place(line))));

  const turns: PreparedTurn[] = [];
  const read = async (chain: ChainName, seq: number): Promise<Publication> =>
    queue.recall(chain, seq) ?? readPublication(store, chain, seq);
  // One after another: a batch is large, and only what is published of it stays in memory.
  for (const turn of queue.planTurns(due.filter(({ mustAsk }) => !mustAsk))) {
    await attempt(anchoring, turn.line, async () => {
      turns.push({ line: turn.line, publications: await readTurn(turn, read) });
    });
  }
  return turns;
}

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

/** What lies before a batch that cannot be read is published all the same; that batch is reported once it is the first. */
async function readTurn(
  { line, first, count }: AnchorTurn,
  read: (chain: ChainName, seq: number) => Promise<Publication>,
): Promise<Publication[]> {
  const publications: Publication[] = [];
  try {
    for (let seq = first; seq < first + count; seq += 1) publications.push(await read(line.chain, seq));
  } catch (error) {
    if (publications.length === 0) throw error;
  }
  return publications;
}
