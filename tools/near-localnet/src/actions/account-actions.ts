import { PublicKey } from "near-api-js";
import type { ReceiptRun } from "../receipts/receipt-run.ts";
import { ActionFailure } from "../receipts/receipt-run.ts";
import { isRefund } from "../receipts/receipt.ts";
import { accountOf, NO_CODE, setAccount } from "../state/state.ts";
import { ACCOUNT_BYTES, accessKeyBytes } from "../state/storage-usage.ts";
import { isSubAccount } from "../transaction/account-id.ts";
import type { AccessKey } from "../transaction/action.ts";

/** The account that alone may create accounts without a dot. */
const REGISTRAR = "registrar";
/** The most bytes that an account may take and still be deleted, its code not counted. */
const MAX_DELETED_BYTES = 10_000;

/** Creates the receiver. It is below its creator, or the registrar's if its name has no dot. */
export function createAccount(run: ReceiptRun): void {
  const { predecessorId, receiverId } = run.receipt;
  const isTopLevel = !receiverId.includes(".");
  if (isTopLevel && predecessorId !== REGISTRAR) {
    const error = { account_id: receiverId, registrar_account_id: REGISTRAR, predecessor_id: predecessorId };
    throw new ActionFailure({ CreateAccountOnlyByRegistrar: error });
  }
  if (!isTopLevel && !isSubAccount(receiverId, predecessorId)) {
    const error = { account_id: receiverId, predecessor_id: predecessorId };
    throw new ActionFailure({ CreateAccountNotAllowed: error });
  }
  setAccount(run.state, receiverId, { balance: 0n, storageUsage: ACCOUNT_BYTES, codeHash: NO_CODE });
  run.actorId = receiverId;
}

/** Adds to the receiver's balance. An implicit account comes to be with its key. */
export function transfer(run: ReceiptRun, deposit: bigint): void {
  const { block, receipt, state } = run;
  const { receiverId } = receipt;
  restoreAllowance(run, deposit);
  const account = accountOf(state, receiverId);
  if (account !== undefined) {
    setAccount(state, receiverId, { ...account, balance: account.balance + deposit });
    return;
  }
  const publicKey = new PublicKey({ keyType: 0, data: Buffer.from(receiverId, "hex") }).toString();
  const accessKey: AccessKey = { nonce: firstNonce(block.height), permission: { kind: "full" } };
  const storageUsage = ACCOUNT_BYTES + accessKeyBytes(publicKey, accessKey);
  state.keys.set(receiverId, publicKey, accessKey);
  setAccount(state, receiverId, { balance: deposit, storageUsage, codeHash: NO_CODE });
}

/** What a call key paid for gas and did not burn, it may spend again. */
function restoreAllowance({ receipt, state }: ReceiptRun, deposit: bigint): void {
  const { receiverId, signerId, signerPublicKey } = receipt;
  const key = isRefund(receipt) && receiverId === signerId ? state.keys.get(receiverId, signerPublicKey) : undefined;
  if (key?.permission.kind !== "call" || key.permission.allowance === undefined) return;
  const permission = { ...key.permission, allowance: key.permission.allowance + deposit };
  state.keys.set(receiverId, signerPublicKey, { ...key, permission });
}

/**
 * Returns the nonce of a key that is made at `height`, so that no old transaction fits a new key.
 */
export function firstNonce(height: number): bigint {
  return BigInt(height - 1) * 1_000_000n;
}

/** Removes the receiver with all that it has, and sends its balance to the beneficiary. */
export function deleteAccount(run: ReceiptRun, beneficiaryId: string): void {
  const { receipt, state } = run;
  const { receiverId } = receipt;
  const account = accountOf(state, receiverId);
  if (account === undefined) return;
  const bytes = account.storageUsage - (state.codes.get(account.codeHash)?.length ?? 0);
  if (bytes > MAX_DELETED_BYTES) throw new ActionFailure({ DeleteAccountWithLargeState: { account_id: receiverId } });
  for (const name of state.keys.entries(receiverId).keys()) state.keys.set(receiverId, name, undefined);
  for (const name of state.records.entries(receiverId).keys()) state.records.set(receiverId, name, undefined);
  setAccount(state, receiverId, undefined);
  if (account.balance > 0n) run.bequests.push({ receiverId: beneficiaryId, deposit: account.balance });
}
