import type { Row } from "./batch-data.ts";
import { rowMatcher } from "./find-row.ts";
import type { Match } from "./find-row.ts";
import type { Image } from "./image.ts";
import type { ArrivalKind } from "./replays.ts";
import { replays } from "./replays.ts";
import type { VerifiedBatch } from "./verify-batch.ts";

/** One arrival in the life of a row. */
export interface HistoryEntry {
  readonly batch: VerifiedBatch;
  /** The leaf index in its batch. */
  readonly index: number;
  readonly arrival: ArrivalKind;
}

/** The life of a row, as far as the batches tell. */
export interface History {
  /** Every arrival that shows the key, and every TRUNCATE, which ends all rows of the table; oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** How many changes they are, replays counted once: from least to most, which differ where an arrival is undecided. */
  readonly changes: { readonly least: number; readonly most: number };
  /** Arrivals that may be the row's and do not show enough to tell: where there is one, the history may not be whole. */
  readonly unknown: readonly Omit<HistoryEntry, "arrival">[];
}

/**
 * The history of the row with this key, over verified batches of one chain, oldest first. Where an update changed the key, the history of the
 * old one ends with a DELETE, and that of the new one begins with an INSERT of the same transaction and LSN. Throws what `findRow` throws.
 */
export function history(batches: readonly VerifiedBatch[], key: Image): History {
  const matchKey = rowMatcher({ key });
  // A TRUNCATE names no row and ends them all.
  const matchRow = (row: Row): Match => (row.record.operation === "TRUNCATE" ? "yes" : matchKey(row));
  const all = batches.flatMap((batch) => batch.rows.map((row, index) => ({ batch, index, row, match: matchRow(row) })));
  const found = all.filter(({ match }) => match === "yes");
  const kinds = replays(found.map(({ row }) => row));
  const entries = found.flatMap(({ batch, index }, at) => {
    const arrival = kinds[at];
    return arrival === undefined ? [] : [{ batch, index, arrival }];
  });
  const count = (...wanted: ArrivalKind[]): number => kinds.filter((kind) => wanted.includes(kind)).length;
  return {
    entries,
    changes: { least: count("distinct"), most: count("distinct", "undecided") },
    unknown: all.flatMap(({ batch, index, match }) => (match === "cannot tell" ? [{ batch, index }] : [])),
  };
}
