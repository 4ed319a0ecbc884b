import { GAS_PRICE } from "../receipts/outcome.ts";
import type { ReceiptRun } from "../receipts/receipt-run.ts";
import type { ActionReceipt, IdMaker, Refund } from "../receipts/receipt.ts";
import { isRefund, SYSTEM } from "../receipts/receipt.ts";
import { sumOfDeposits, sumOfGas } from "../transaction/action.ts";
import { sumOfFees } from "../transaction/fees.ts";

/** A receipt that has run, and what its refunds need. */
export interface RefundedRun {
  readonly run: ReceiptRun;
  readonly failed: boolean;
  readonly nextId: IdMaker;
}

/**
 * Returns the receipts that give back what was not used: the deposits of a failed receipt to its
 * sender, the gas that was paid for and not burnt to the signer, and what deleted accounts leave. A
 * refund is never refunded.
 */
export function refundsOf({ run, failed, nextId }: RefundedRun): ActionReceipt[] {
  const { receipt } = run;
  if (isRefund(receipt)) return [];
  const deposit = failed ? sumOfDeposits(receipt.actions) : 0n;
  const refunds = [
    { receiverId: receipt.predecessorId, deposit },
    { receiverId: receipt.signerId, deposit: unusedGas(run, failed) },
    ...(failed ? [] : run.bequests),
  ];
  return refunds.filter((refund) => refund.deposit > 0n).map((refund) => refundReceipt(receipt, refund, nextId()));
}

/** Returns yoctoNEAR. Gas was bought at the receipt's price and is burnt at the block's. */
function unusedGas({ burntGas, receipt, usedGas }: ReceiptRun, failed: boolean): bigint {
  const { actions, gasPrice, predecessorId, receiverId } = receipt;
  const bought = sumOfFees(actions, receiverId, predecessorId === receiverId).execute + sumOfGas(actions);
  const used = failed ? burntGas : usedGas;
  const surplus = gasPrice > GAS_PRICE ? (gasPrice - GAS_PRICE) * burntGas : 0n;
  return bought > used ? (bought - used) * gasPrice + surplus : surplus;
}

function refundReceipt(
  { signerId, signerPublicKey }: ActionReceipt,
  { receiverId, deposit }: Refund,
  id: string,
): ActionReceipt {
  return {
    kind: "actions",
    id,
    predecessorId: SYSTEM,
    receiverId,
    signerId,
    signerPublicKey,
    gasPrice: 0n,
    actions: [{ kind: "transfer", deposit }],
    inputs: [],
    outputs: [],
  };
}
