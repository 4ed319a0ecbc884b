import type { Outcome, RuntimeBlock } from "../receipts/outcome.ts";
import type { ActionReceipt, Receipt } from "../receipts/receipt.ts";
import { acceptTransaction } from "../runtime/accept-transaction.ts";
import { executeReceipt } from "../runtime/execute-receipt.ts";
import type { State } from "../state/state.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import type { ReadyReceipt, ReceiptQueue } from "./receipt-queue.ts";

/** What a block has to run. */
export interface BlockWork {
  readonly state: State;
  readonly block: RuntimeBlock;
  readonly queue: ReceiptQueue;
  readonly transactions: readonly DecodedTransaction[];
}

/** What came of a block. */
export interface BlockResult {
  readonly outcomes: readonly Outcome[];
  /** All receipts that were made, by transactions and by other receipts. */
  readonly receipts: readonly Receipt[];
}

/**
 * Runs a block: the transactions, then the receipts of those who act on themselves, then those that
 * the blocks before left. What follows from receipts is of the next block.
 */
export function runBlock({ state, block, queue, transactions }: BlockWork): BlockResult {
  const outcomes: Outcome[] = [];
  const receipts: Receipt[] = [];
  const ready = queue.take();
  const local: ReadyReceipt[] = [];
  for (const transaction of transactions) {
    const accepted = acceptTransaction(state, transaction, block.height);
    outcomes.push(accepted.outcome);
    receipts.push(accepted.receipt);
    if (isLocal(accepted.receipt)) local.push({ receipt: accepted.receipt, promiseResults: [] });
    else queue.add([accepted.receipt]);
  }
  for (const { receipt, promiseResults } of [...local, ...ready]) {
    const executed = executeReceipt(receipt, { state, block, promiseResults });
    outcomes.push(executed.outcome);
    receipts.push(...executed.receipts);
    queue.add(executed.receipts);
  }
  return { outcomes, receipts };
}

const isLocal = ({ predecessorId, receiverId }: ActionReceipt): boolean => predecessorId === receiverId;
