import type { ChainName } from "@etrap/proof";
import type { AnchorLine } from "./anchor-line.ts";
import type { AnchorTurn } from "./anchor-queue.ts";
import type { Anchoring, Attempt } from "./attempt-chain.ts";
import { findAnchorPlace } from "./find-anchor-place.ts";
import type { Publication } from "./ports.ts";
import { readPublication } from "./read-publication.ts";

/** One chain's part of a call: its next batches, in order. */
export interface PreparedTurn {
  readonly line: AnchorLine;
  readonly publications: readonly Publication[];
}

/** Asks the anchor how far it holds the chains of which that is not certain, and reads what each of them publishes. */
export async function prepareTurns(
  { store, anchor, queue }: Anchoring,
  due: readonly AnchorLine[],
  attempt: Attempt,
): Promise<PreparedTurn[]> {
  const place = async (line: AnchorLine): Promise<void> => {
    if (line.mustAsk) queue.placed(line, await findAnchorPlace(store, anchor, line));
  };
  await Promise.all(due.map((line) => attempt(line, () => place(line))));

  const turns: PreparedTurn[] = [];
  const read = async (chain: ChainName, seq: number): Promise<Publication> =>
    queue.recall(chain, seq) ?? readPublication(store, chain, seq);
  // One after another: a batch is large, and only what is published of it stays in memory.
  for (const turn of queue.planTurns(due.filter(({ mustAsk }) => !mustAsk))) {
    await attempt(turn.line, async () => {
      turns.push({ line: turn.line, publications: await readTurn(turn, read) });
    });
  }
  return turns;
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
