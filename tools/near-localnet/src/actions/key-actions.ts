import type { ReceiptRun } from "../receipts/receipt-run.ts";
import { ActionFailure } from "../receipts/receipt-run.ts";
import { accountOf, setAccount } from "../state/state.ts";
import { accessKeyBytes } from "../state/storage-usage.ts";
import type { AccessKey } from "../transaction/action.ts";
import { firstNonce } from "./account-actions.ts";

/**
 * Adds an access key to the receiver. The nonce begins with the block, whatever the action says.
 */
export function addKey(run: ReceiptRun, publicKey: string, { permission }: AccessKey): void {
  const { block, receipt, state } = run;
  if (state.keys.get(receipt.receiverId, publicKey) !== undefined) {
    throw new ActionFailure({ AddKeyAlreadyExists: { account_id: receipt.receiverId, public_key: publicKey } });
  }
  const accessKey: AccessKey = { nonce: firstNonce(block.height), permission };
  state.keys.set(receipt.receiverId, publicKey, accessKey);
  changeStorage(run, accessKeyBytes(publicKey, accessKey));
}

/** Removes an access key of the receiver. */
export function deleteKey(run: ReceiptRun, publicKey: string): void {
  const { receipt, state } = run;
  const accessKey = state.keys.get(receipt.receiverId, publicKey);
  if (accessKey === undefined) {
    throw new ActionFailure({ DeleteKeyDoesNotExist: { account_id: receipt.receiverId, public_key: publicKey } });
  }
  state.keys.set(receipt.receiverId, publicKey, undefined);
  changeStorage(run, -accessKeyBytes(publicKey, accessKey));
}

/** Adds to the bytes that the receiver takes. */
export function changeStorage({ receipt: { receiverId }, state }: ReceiptRun, bytes: number): void {
  const account = accountOf(state, receiverId);
  if (account === undefined) return;
  setAccount(state, receiverId, { ...account, storageUsage: account.storageUsage + bytes });
}
