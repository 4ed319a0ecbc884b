import { GAS_PRICE, PURCHASE_PRICE } from "../receipts/outcome.ts";
import { sumOfDeposits, sumOfGas } from "../transaction/action.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import { sumOfFees } from "../transaction/fees.ts";

/** What a transaction costs its signer, in gas and in yoctoNEAR. */
export interface TransactionCost {
  /** Gas that is burnt at once. */
  readonly burntGas: bigint;
  /** All that the signer's access key may be charged with: gas, without deposits. */
  readonly forGas: bigint;
  readonly total: bigint;
}

/** Returns what a transaction costs. */
export function costOf({ actions, receiverId, signerId }: DecodedTransaction): TransactionCost {
  const { send, execute } = sumOfFees(actions, receiverId, receiverId === signerId);
  const forGas = send * GAS_PRICE + (execute + sumOfGas(actions)) * PURCHASE_PRICE;
  return { burntGas: send, forGas, total: forGas + sumOfDeposits(actions) };
}
