import type { Row } from "./batch-data.ts";
import { rowMatcher } from "./find-row.ts";
import type { Match } from "./find-row.ts";
import type { Image } from "./image.ts";
import type { ArrivalKind } from "./replays.ts";
import { replays } from "./replays.ts";
import type { VerifiedBatch } from "./verify-batch.ts";
import { verifyChain } from "./verify-chain.ts";

/** One arrival in the life of a row. */
export interface HistoryEntry {
  readonly batch: VerifiedBatch;
  /** The leaf index in its batch. */
  readonly index: number;
  readonly arrival: ArrivalKind;
}

/** The life of a row, as far as the batches tell. */
export interface History {
  /** The first and last batch that were read, by their number in the chain. Nothing is said of what stands before and behind. */
  readonly range: { readonly first: number; readonly last: number };
  /** Every arrival that shows the key, and every TRUNCATE, which ends all rows of the table; oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** How many changes they are, replays counted once: from least to most, which differ where an arrival is undecided. */
  readonly changes: { readonly least: number; readonly most: number };
  /** Arrivals that may be the row's and do not show enough to tell, all of a table without a key among them. */
  readonly unknown: readonly HistoryEntry[];
}

/**
 * The history of the row with this key, over verified batches that are one stretch of a chain, oldest first. Where an update changed the key,
 * the history of the old one ends with a DELETE, and that of the new one begins with an INSERT of the same transaction and LSN. Throws what
 * `verifyChain` and `findRow` throw.
 */
export function history(batches: readonly VerifiedBatch[], key: Image): History {
  const { first, last } = verifyChain(batches.map(({ header }) => header));
  const matchKey = rowMatcher({ key });
  // A TRUNCATE names no row and ends them all.
  const matchRow = (row: Row): Match => (row.record.operation === "TRUNCATE" ? "yes" : matchKey(row));
  const all = batches.flatMap((batch) => batch.rows.map((row, index) => ({ batch, index, row })));
  // Of all arrivals, not of those found alone: what is not shown may be what a found one repeats.
  const arrivals = replays(all.map(({ row }) => row));
  const entriesOf = (answer: Match): HistoryEntry[] =>
    all.flatMap(({ batch, index, row }, at) => {
      const arrival = arrivals[at];
      return arrival !== undefined && matchRow(row) === answer ? [{ batch, index, arrival }] : [];
    });
  const entries = entriesOf("yes");
  const count = (...wanted: ArrivalKind[]): number => entries.filter(({ arrival }) => wanted.includes(arrival)).length;
  return {
    range: { first: first.seq, last: last.seq },
    entries,
    changes: { least: count("distinct"), most: count("distinct", "undecided") },
    unknown: entriesOf("cannot tell"),
  };
}
