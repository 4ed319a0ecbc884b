import type { UntoldReason } from "../events.ts";
import type { GroupPosition } from "../streams/consumer-group.ts";
import { compareEntryIds } from "../streams/entry-id.ts";
import type { StreamFacts } from "../streams/stream-facts.ts";

/**
 * The state of the entries after a position. `entriesRead` is the count up to that position, or up
 * to the end of the gap.
 */
export type Finding =
  /** No entry is lost. */
  | { readonly kind: "whole"; readonly entriesRead: number | undefined }
  /**
   * The entries between the position and the first one that the stream holds are gone. `count` is
   * null where their number is unknown.
   */
  | { readonly kind: "lost"; readonly count: number | null; readonly entriesRead: number }
  /** It cannot be decided whether entries are lost. */
  | { readonly kind: "untold"; readonly reason: UntoldReason; readonly entriesRead: number | undefined };

/**
 * Decides whether entries directly after `position` are gone from the stream unread. Requires that
 * nothing was read after the facts were taken. A gap is recorded as evidence, so `lost` is returned
 * only when the loss is certain and all of it lies before the entries that remain. When entries
 * were deleted from the middle of what is still to be read, the finding is `untold`.
 */
export function detectLoss(facts: StreamFacts, position: GroupPosition): Finding {
  const { added, length, first, last, newestDeleted } = facts;
  const { id, entriesRead } = position;
  if (added === undefined) return { kind: "untold", reason: "not-counted", entriesRead: undefined };
  // The stream never had an entry after the position.
  if (compareEntryIds(last, id) <= 0) return { kind: "whole", entriesRead: added };
  const isDeletedAfter = compareEntryIds(newestDeleted, id) > 0;
  if (first !== undefined && compareEntryIds(first, id) <= 0) {
    // Trimming has not reached the position.
    if (isDeletedAfter) return { kind: "untold", reason: "entries-deleted", entriesRead: undefined };
    if (entriesRead === undefined) return { kind: "untold", reason: "not-counted", entriesRead };
    return { kind: "whole", entriesRead };
  }
  // Every remaining entry lies after the position, so each entry that is gone was either read or
  // lost.
  const gone = added - length;
  if (entriesRead === gone) return { kind: "whole", entriesRead };
  const isDeletedAmongRest = first !== undefined && compareEntryIds(newestDeleted, first) > 0;
  if (isDeletedAmongRest) return { kind: "untold", reason: "entries-deleted", entriesRead: gone };
  if (entriesRead !== undefined && entriesRead < gone)
    return { kind: "lost", count: gone - entriesRead, entriesRead: gone };
  const isCertain = entriesRead === undefined && (first === undefined || isDeletedAfter);
  if (isCertain) return { kind: "lost", count: null, entriesRead: gone };
  return { kind: "untold", reason: "not-counted", entriesRead: gone };
}
