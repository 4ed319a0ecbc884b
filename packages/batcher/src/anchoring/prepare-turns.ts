import { createSlots, readAnchorDocument } from "@etrap/ledger";
import type { ChainName, ObjectReader, Slots } from "@etrap/ledger";
import type { Anchor, ChainHead, Publication } from "../ports.ts";
import type { AnchorContext } from "./anchor-context.ts";
import type { AnchorTurn } from "./anchor-queue.ts";
import { attempt } from "./attempt.ts";
import type { AnchorPlace, ChainProgress } from "./chain-progress.ts";
import { readPublication } from "./read-publication.ts";
import { verifyHead } from "./verify-head.ts";

/** One chain's part of a call: its next batches, in order. */
export interface PreparedTurn {
  readonly progress: ChainProgress;
  readonly publications: readonly Publication[];
}

/**
 * Prepares one call: asks the anchor for the heads that are not known, and reads the batches that
 * each chain publishes.
 */
export async function prepareTurns(context: AnchorContext, due: readonly ChainProgress[]): Promise<PreparedTurn[]> {
  const { store, anchor, queue } = context;
  const place = async (progress: ChainProgress): Promise<void> => {
    if (progress.mustAsk) queue.placed(progress, await findAnchorPlace(store, anchor, progress));
  };
  await Promise.all(due.map((progress) => attempt(context, progress, () => place(progress))));

  const turns: PreparedTurn[] = [];
  const read = async (chain: ChainName, seq: number): Promise<Publication> =>
    queue.recall(chain, seq) ?? readPublication(store, chain, seq);
  // One after another: a batch is large, and only its publication stays in memory.
  for (const turn of queue.planTurns(due.filter(({ mustAsk }) => !mustAsk))) {
    await attempt(context, turn.progress, async () => {
      turns.push({ progress: turn.progress, publications: await readTurn(turn, read) });
    });
  }
  return turns;
}

/**
 * Finds where the anchoring of a chain continues: behind the newest batch that the anchor holds and
 * whose anchor.json stands. The search starts at the anchor's head, so a forged anchor.json hides
 * no batch. It walks back to the first anchor.json, and reads no slots before that one. Rejects
 * with HEAD_ROLLED_BACK, ANCHOR_FORKED, SLOT_MISSING, LEDGER_DAMAGED, or the error of the anchor or
 * the store.
 */
export async function findAnchorPlace(
  reader: ObjectReader,
  anchor: Anchor,
  progress: ChainProgress,
): Promise<AnchorPlace> {
  const { chain } = progress;
  const slots = createSlots(reader, chain);
  const check = await verifyHead(slots, anchor, chain);
  if (check.kind === "unanswered") throw check.error;
  const newest = progress.newest ?? (await slots.findNewest())?.seq ?? -1;
  // Up to `progress.next`, this process created every anchor.json itself.
  const next = progress.next ?? (await firstWithoutDocument(reader, slots, check.head));
  const oldest = next <= newest ? await slots.read(next) : undefined;
  return { next, newest: Math.max(newest, check.head?.seq ?? -1), oldestSealedAt: oldest?.sealed_at };
}

async function firstWithoutDocument(reader: ObjectReader, slots: Slots, head: ChainHead | undefined): Promise<number> {
  for (let seq = head?.seq ?? -1; seq >= 0; seq -= 1) {
    const header = await slots.require(seq);
    if ((await readAnchorDocument(reader, header)) !== undefined) return seq + 1;
  }
  return 0;
}

/**
 * Reads the batches of a turn, up to the first that cannot be read. Rejects with the error if that
 * is the first batch of the turn. Otherwise the next turn, which begins with that batch, reports
 * it.
 */
async function readTurn(
  { progress, first, count }: AnchorTurn,
  read: (chain: ChainName, seq: number) => Promise<Publication>,
): Promise<Publication[]> {
  const publications: Publication[] = [];
  try {
    for (let seq = first; seq < first + count; seq += 1) publications.push(await read(progress.chain, seq));
  } catch (error) {
    if (publications.length === 0) throw error;
  }
  return publications;
}
