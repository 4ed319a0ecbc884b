import { PublicKey } from "near-api-js";
import type { Call, CallOutcome, Records } from "../calls/call.ts";
import { failureJson } from "../calls/vm-failure.ts";
import type { ReceiptRun } from "../receipts/receipt-run.ts";
import { ActionFailure } from "../receipts/receipt-run.ts";
import type { Account, State } from "../state/state.ts";
import { accountOf, setAccount } from "../state/state.ts";
import type { CallAction } from "../transaction/action.ts";
import { runCall } from "../vm/run-call.ts";
import { changeStorage } from "./key-actions.ts";

/** Sets the receiver's contract. Its records stay. */
export function deploy(run: ReceiptRun, code: Uint8Array): void {
  const { receipt, state } = run;
  const account = accountOf(state, receipt.receiverId);
  if (account === undefined) return;
  const before = state.codes.get(account.codeHash)?.length ?? 0;
  setAccount(state, receipt.receiverId, { ...account, codeHash: state.codes.add(code) });
  changeStorage(run, code.length - before);
}

/** Calls a method of the receiver's contract. */
export function callContract(run: ReceiptRun, action: CallAction): void {
  const { receipt, state } = run;
  const account = accountOf(state, receipt.receiverId);
  const code = account && state.codes.get(account.codeHash);
  if (account === undefined || code === undefined) {
    throw callFailure(failureJson({ kind: "no-code", accountId: receipt.receiverId }));
  }
  const outcome = runCall(code, callOf(run, action, account), recordsOf(state, receipt.receiverId));
  run.logs.push(...outcome.logs);
  run.burntGas += outcome.burntGas;
  run.usedGas += outcome.usedGas;
  if (outcome.failure !== undefined) throw callFailure(failureJson(outcome.failure));
  const { balance, storageUsage } = outcome;
  setAccount(state, receipt.receiverId, { ...account, balance, storageUsage });
  takePromises(run, outcome);
}

const callFailure = (error: unknown): ActionFailure => new ActionFailure({ FunctionCallError: error });

/** Returns the records of one account, as its contract reads and writes them. */
export function recordsOf({ records }: State, accountId: string): Records {
  return {
    get: (key) => records.get(accountId, key),
    set: (key, value) => records.set(accountId, key, value),
  };
}

function callOf({ block, promiseResults, receipt }: ReceiptRun, action: CallAction, account: Account): Call {
  return {
    chainId: block.chainId,
    currentAccountId: receipt.receiverId,
    signerAccountId: receipt.signerId,
    signerPublicKey: publicKeyBytes(receipt.signerPublicKey),
    predecessorAccountId: receipt.predecessorId,
    method: action.method,
    input: action.args,
    block,
    balance: account.balance,
    deposit: action.deposit,
    prepaidGas: action.gas,
    storageUsage: account.storageUsage,
    isView: false,
    promiseResults,
    dataReceivers: receipt.outputs.map(({ receiverId }) => receiverId),
  };
}

function publicKeyBytes(text: string): Uint8Array {
  const { keyType, data } = PublicKey.fromString(text);
  return Uint8Array.of(keyType, ...data);
}

/** The indices of a call count its own promises; those of the receipt count all of its calls. */
function takePromises(run: ReceiptRun, { promises, returned }: CallOutcome): void {
  const first = run.promises.length;
  run.promises.push(...promises.map((promise) => ({ ...promise, after: promise.after.map((index) => first + index) })));
  run.returned = returned.kind === "promise" ? { kind: "promise", index: first + returned.index } : returned;
}
