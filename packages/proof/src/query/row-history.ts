import type { Row } from "../format/batch-data.ts";
import type { Image } from "../format/image.ts";
import type { VerifiedBatch } from "../verify/verify-batch.ts";
import { verifyChain } from "../verify/verify-chain.ts";
import { classifyReplays } from "./classify-replays.ts";
import type { ArrivalKind } from "./classify-replays.ts";
import { rowMatcher } from "./find-row.ts";
import type { Match } from "./find-row.ts";

/** One arrival in the history of a row. */
export interface RowHistoryEntry {
  readonly batch: VerifiedBatch;
  /** The leaf index in the batch. */
  readonly index: number;
  readonly arrival: ArrivalKind;
}

/** The history of a row within a range of batches. */
export interface RowHistory {
  /** The `seq` of the first and last batch that were read. The history says nothing beyond them. */
  readonly range: { readonly first: number; readonly last: number };
  /**
   * Every arrival that shows the key and every TRUNCATE, which ends all rows of the table. Oldest
   * first.
   */
  readonly entries: readonly RowHistoryEntry[];
  /** The number of changes without replays. The bounds differ if an arrival is undecided. */
  readonly changes: { readonly least: number; readonly most: number };
  /**
   * The arrivals that may be of the row but do not show enough to tell. For a table without a key,
   * these are all arrivals.
   */
  readonly unknown: readonly RowHistoryEntry[];
}

/**
 * Returns the history of the row with this key, over verified batches that are consecutive in one
 * chain, oldest first. If an update changed the key, the history of the old key ends with a DELETE,
 * and that of the new key begins with an INSERT of the same transaction and LSN. Throws what
 * `verifyChain` and `findRow` throw.
 */
export function rowHistory(batches: readonly VerifiedBatch[], key: Image): RowHistory {
  const { first, last } = verifyChain(batches.map(({ header }) => header));
  const matchKey = rowMatcher({ kind: "key", values: key });
  // A TRUNCATE has no key, but it ends every row of the table.
  const matchRow = (row: Row): Match => (row.record.operation === "TRUNCATE" ? "yes" : matchKey(row));
  const all = batches.flatMap((batch) => batch.rows.map((row, index) => ({ batch, index, row })));
  // All arrivals are classified, because a matching one may repeat one whose key is undisclosed.
  const arrivals = classifyReplays(all.map(({ row }) => row));
  const entriesOf = (answer: Match): RowHistoryEntry[] =>
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
