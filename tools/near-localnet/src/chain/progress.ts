import { isRefund } from "../receipts/receipt.ts";
import type { Archive, ArchivedOutcome, ArchivedTransaction } from "./archive.ts";

/** How far a transaction may be waited for, least first. Two of them are side by side. */
export const WAIT_LEVELS = ["NONE", "INCLUDED", "EXECUTED_OPTIMISTIC", "INCLUDED_FINAL", "EXECUTED", "FINAL"] as const;

/** One of `WAIT_LEVELS`. */
export type WaitLevel = (typeof WAIT_LEVELS)[number];

/** How far a transaction has come, in the eyes of a node. */
export interface Progress {
  readonly archived: ArchivedTransaction;
  /** The outcome of the transaction itself. */
  readonly own: ArchivedOutcome;
  /** The outcomes of its receipts, in the order in which they follow from each other. */
  readonly receipts: readonly ArchivedOutcome[];
  /** The highest level that it has reached. */
  readonly level: WaitLevel;
  /** Whether it has reached a level. */
  readonly hasReached: (level: WaitLevel) => boolean;
}

/** The height up to which blocks are final for a node whose newest block is at `head`. */
export function finalHeight(head: number): number {
  return Math.max(1, head - 2);
}

/** Returns how far a transaction has come for a node at `head`, or undefined if that knows none. */
export function progressOf(archive: Archive, hash: string, head: number): Progress | undefined {
  const archived = archive.transaction(hash);
  const own = archive.outcome(hash);
  if (archived === undefined || own === undefined || archived.height > head) return undefined;
  const found = receiptsOf(archive, own, head);
  const isIncludedFinal = archived.height <= finalHeight(head);
  const isExecuted = found.missing.every((id) => isRefundId(archive, id));
  const isFinal =
    found.missing.length === 0 &&
    found.outcomes.every(({ block }) => block.height <= finalHeight(head)) &&
    isIncludedFinal;
  const reached: Record<WaitLevel, boolean> = {
    NONE: true,
    INCLUDED: true,
    EXECUTED_OPTIMISTIC: isExecuted,
    INCLUDED_FINAL: isIncludedFinal,
    EXECUTED: isExecuted && isIncludedFinal,
    FINAL: isFinal,
  };
  return {
    archived,
    own,
    receipts: found.outcomes,
    level: WAIT_LEVELS.findLast((level) => reached[level]) ?? "NONE",
    hasReached: (level) => reached[level],
  };
}

const isRefundId = (archive: Archive, id: string): boolean => {
  const receipt = archive.receipt(id);
  return receipt !== undefined && isRefund(receipt);
};

interface FoundReceipts {
  readonly outcomes: readonly ArchivedOutcome[];
  /** The ids of receipts that have not run yet. */
  readonly missing: readonly string[];
}

/** Follows the receipts of `own`, breadth first. */
function receiptsOf(archive: Archive, own: ArchivedOutcome, head: number): FoundReceipts {
  const outcomes: ArchivedOutcome[] = [];
  const missing: string[] = [];
  const open = [...own.outcome.receiptIds];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const found = archive.outcome(id);
    if (found === undefined || found.block.height > head) missing.push(id);
    else {
      outcomes.push(found);
      open.push(...found.outcome.receiptIds);
    }
  }
  return { outcomes, missing };
}
