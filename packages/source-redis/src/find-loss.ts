import { compareEntryIds } from "./entry-id.ts";
import type { StreamFacts } from "./stream-facts.ts";

/** A place in a stream, and how many of all entries that were ever added lie up to it, where that is known. */
export interface Reached {
  readonly id: string;
  readonly entriesRead: number | undefined;
}

/** Why nobody can tell whether entries were lost. */
export type UntoldReason = "entries-deleted" | "not-counted";

/** What became of the entries behind a place; `entriesRead`: of that place, and of the gap when there is one. */
export type Finding =
  | { readonly kind: "whole"; readonly entriesRead: number | undefined }
  /** Entries between the place and what the stream holds now are gone; `count`: how many, null where that is not known. */
  | { readonly kind: "lost"; readonly count: number | null; readonly entriesRead: number }
  | { readonly kind: "untold"; readonly reason: UntoldReason; readonly entriesRead: number | undefined };

/**
 * Whether entries right behind `reached` are gone from the stream unread. Requires that none was read since the facts were. Says `lost` only of
 * what is certain, and only where all that is lost lies in front of the entries still there: a record of it is a statement under oath. What
 * was deleted from among those that are still to be read is neither, so it is `untold`.
 */
export function findLoss({ added, length, first, last, newestDeleted }: StreamFacts, reached: Reached): Finding {
  const { id, entriesRead } = reached;
  if (added === undefined) return { kind: "untold", reason: "not-counted", entriesRead: undefined };
  // Nothing ever stood behind it.
  if (compareEntryIds(last, id) <= 0) return { kind: "whole", entriesRead: added };
  const isDeletedBehind = compareEntryIds(newestDeleted, id) > 0;
  if (first !== undefined && compareEntryIds(first, id) <= 0) {
    // Trimming has not come as far as this place.
    if (isDeletedBehind) return { kind: "untold", reason: "entries-deleted", entriesRead: undefined };
    if (entriesRead === undefined) return { kind: "untold", reason: "not-counted", entriesRead };
    return { kind: "whole", entriesRead };
  }
  // All that is left lies behind this place, so what is gone and was not read is lost.
  const gone = added - length;
  if (entriesRead === gone) return { kind: "whole", entriesRead };
  const isDeletedAmongRest = first !== undefined && compareEntryIds(newestDeleted, first) > 0;
  if (isDeletedAmongRest) return { kind: "untold", reason: "entries-deleted", entriesRead: gone };
  if (entriesRead !== undefined && entriesRead < gone)
    return { kind: "lost", count: gone - entriesRead, entriesRead: gone };
  const isCertain = entriesRead === undefined && (first === undefined || isDeletedBehind);
  if (isCertain) return { kind: "lost", count: null, entriesRead: gone };
  return { kind: "untold", reason: "not-counted", entriesRead: gone };
}
