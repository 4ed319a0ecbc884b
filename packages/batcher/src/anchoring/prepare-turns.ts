import type { ChainName } from "@etrap/ledger";
import type { Publication } from "../ports.ts";
import type { AnchorContext } from "./anchor-context.ts";
import type { AnchorTurn } from "./anchor-queue.ts";
import { attempt } from "./attempt.ts";
import type { ChainProgress } from "./chain-progress.ts";
import { findAnchorPlace } from "./find-anchor-place.ts";
import { readPublication } from "./read-publication.ts";

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
  const { store, queue } = context;
  await Promise.all(due.map((progress) => attempt(context, progress, () => findPlace(context, progress))));

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

async function findPlace(context: AnchorContext, progress: ChainProgress): Promise<void> {
  if (!progress.mustAsk) return;
  const isFirst = progress.next === undefined;
  const place = await findAnchorPlace(context, progress);
  context.queue.placed(progress, place);
  const { chain } = progress;
  if (isFirst && place.begins && place.next > 0)
    context.onEvent({ type: "anchor-begins", chain, seq: place.next, before: place.next });
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
    for (let seq = first; seq < first + count; seq += 1) {
      const publication = await read(progress.chain, seq);
      publications.push(progress.begins && seq === first ? { ...publication, begins: true } : publication);
    }
  } catch (error) {
    if (publications.length === 0) throw error;
  }
  return publications;
}
