import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import { acceptTransaction } from "../runtime/accept-transaction.ts";
import type { State } from "../state/state.ts";
import { draftState } from "../state/state.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";

/** The transactions that wait for the next block. */
export interface Pool {
  readonly all: () => readonly DecodedTransaction[];
  /**
   * Adds a transaction that is valid after those that wait. One that waits already stays as it is.
   * Throws `InvalidTransaction`.
   */
  readonly add: (transaction: DecodedTransaction, state: State, height: number) => void;
  /**
   * Takes all that are valid for the block at `height`. The others, which were valid when they
   * came, are dropped: another one took their nonce or their money.
   */
  readonly take: (state: State, height: number) => readonly DecodedTransaction[];
}

/** Creates an empty pool. */
export function createPool(): Pool {
  let waiting: readonly DecodedTransaction[] = [];
  return {
    all: () => waiting,
    add: (transaction, state, height) => {
      if (waiting.some(({ hash }) => hash === transaction.hash)) return;
      const draft = draftState(state);
      for (const other of validOnes(state, waiting, height)) acceptTransaction(draft, other, height);
      acceptTransaction(draft, transaction, height);
      waiting = [...waiting, transaction];
    },
    take: (state, height) => {
      const taken = validOnes(state, waiting, height);
      waiting = [];
      return taken;
    },
  };
}

/** Returns those of `transactions` that are valid one after another. */
function validOnes(state: State, transactions: readonly DecodedTransaction[], height: number): DecodedTransaction[] {
  const draft = draftState(state);
  return transactions.filter((transaction) => isAccepted(draft, transaction, height));
}

function isAccepted(draft: State, transaction: DecodedTransaction, height: number): boolean {
  try {
    acceptTransaction(draft, transaction, height);
    return true;
  } catch (error) {
    if (error instanceof InvalidTransaction) return false;
    throw error;
  }
}
