import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import { isAccountId } from "../transaction/account-id.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import { checkActions } from "./check-actions.ts";

/** The most bytes of a transaction. */
const MAX_SIZE = 1_572_864;

/** Refuses a transaction that no state would make valid. */
export function checkForm({ actions, bytes, isSignatureValid, receiverId, signerId }: DecodedTransaction): void {
  if (bytes.length > MAX_SIZE) throw new InvalidTransaction(sizeExceeded(bytes.length));
  if (!isSignatureValid) throw new InvalidTransaction("InvalidSignature");
  if (!isAccountId(signerId)) throw new InvalidTransaction({ InvalidSignerId: { signer_id: signerId } });
  if (!isAccountId(receiverId)) throw new InvalidTransaction({ InvalidReceiverId: { receiver_id: receiverId } });
  const error = checkActions(actions);
  if (error !== undefined) throw new InvalidTransaction({ ActionsValidation: error });
}

/** Returns the refusal of a transaction that is too large, or undefined. */
export function sizeExceeded(size: number): unknown {
  return size > MAX_SIZE ? { TransactionSizeExceeded: { size, limit: MAX_SIZE } } : undefined;
}
