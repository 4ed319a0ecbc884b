import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import type { AccessKey } from "../transaction/action.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import type { TransactionCost } from "./transaction-cost.ts";

const refuse = (error: unknown): never => {
  throw new InvalidTransaction({ InvalidAccessKeyError: error });
};

/** Refuses what an access key must not do, and returns the key as it is after the transaction. */
export function checkAccessKey(
  transaction: DecodedTransaction,
  { permission }: AccessKey,
  { forGas }: TransactionCost,
): AccessKey {
  const { actions, nonce, publicKey, receiverId, signerId } = transaction;
  if (permission.kind === "full") return { nonce, permission };
  const { allowance } = permission;
  if (allowance !== undefined && allowance < forGas) {
    return refuse({
      NotEnoughAllowance: { account_id: signerId, public_key: publicKey, allowance: `${allowance}`, cost: `${forGas}` },
    });
  }
  const [action] = actions;
  if (action?.kind !== "call" || actions.length > 1) return refuse("RequiresFullAccess");
  if (action.deposit > 0n) return refuse("DepositWithFunctionCall");
  if (receiverId !== permission.receiverId) {
    return refuse({ ReceiverMismatch: { tx_receiver: receiverId, ak_receiver: permission.receiverId } });
  }
  if (permission.methods.length > 0 && !permission.methods.includes(action.method)) {
    return refuse({ MethodNameMismatch: { method_name: action.method } });
  }
  return { nonce, permission: { ...permission, allowance: allowance === undefined ? undefined : allowance - forGas } };
}
