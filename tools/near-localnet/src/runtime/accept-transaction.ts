import type { Outcome } from "../receipts/outcome.ts";
import { GAS_PRICE, PURCHASE_PRICE } from "../receipts/outcome.ts";
import type { ActionReceipt } from "../receipts/receipt.ts";
import { idsBelow } from "../receipts/receipt.ts";
import type { State } from "../state/state.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import { charge } from "./charge.ts";
import { checkForm } from "./check-form.ts";
import { costOf } from "./transaction-cost.ts";

/** A transaction that was charged to its signer, and the receipt that it became. */
export interface AcceptedTransaction {
  readonly outcome: Outcome;
  readonly receipt: ActionReceipt;
}

/**
 * Checks a transaction, charges its signer in `state`, and turns it into a receipt. Throws
 * `InvalidTransaction`, and then `state` is as before.
 */
export function acceptTransaction(state: State, transaction: DecodedTransaction, height: number): AcceptedTransaction {
  checkForm(transaction);
  const cost = costOf(transaction);
  charge(state, transaction, { cost, height });
  const { actions, hash, publicKey, receiverId, signerId } = transaction;
  const id = idsBelow(hash, height)();
  return {
    outcome: {
      id: hash,
      executorId: signerId,
      logs: [],
      receiptIds: [id],
      gasBurnt: cost.burntGas,
      tokensBurnt: cost.burntGas * GAS_PRICE,
      status: { kind: "receipt", receiptId: id },
    },
    receipt: {
      kind: "actions",
      id,
      predecessorId: signerId,
      receiverId,
      signerId,
      signerPublicKey: publicKey,
      gasPrice: PURCHASE_PRICE,
      actions,
      inputs: [],
      outputs: [],
    },
  };
}
