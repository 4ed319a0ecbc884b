import type { AccessKey as NearAccessKey, Action as NearAction } from "near-api-js";
import { PublicKey } from "near-api-js";
import type { AccessKey, Action } from "./action.ts";

/** Returns an action of near-api-js as an action of ours. */
export function decodeAction(action: NearAction): Action {
  const { functionCall, transfer, stake, addKey, deleteKey, deleteAccount, deployContract } = action;
  if (action.createAccount) return { kind: "create-account" };
  if (deployContract) return { kind: "deploy", code: Uint8Array.from(deployContract.code) };
  if (functionCall) {
    const { methodName: method, args, gas, deposit } = functionCall;
    return { kind: "call", method, args: Uint8Array.from(args), gas, deposit };
  }
  if (transfer) return { kind: "transfer", deposit: transfer.deposit };
  if (stake) return { kind: "stake", stake: stake.stake, publicKey: keyText(stake.publicKey) };
  if (addKey) {
    return { kind: "add-key", publicKey: keyText(addKey.publicKey), accessKey: decodeAccessKey(addKey.accessKey) };
  }
  if (deleteKey) return { kind: "delete-key", publicKey: keyText(deleteKey.publicKey) };
  if (deleteAccount) return { kind: "delete-account", beneficiaryId: deleteAccount.beneficiaryId };
  return { kind: "unsupported", name: Object.keys(action)[0] ?? "" };
}

const keyText = (key: PublicKey): string => PublicKey.from(key).toString();

function decodeAccessKey({ nonce, permission }: NearAccessKey): AccessKey {
  const call = permission.functionCall;
  if (call === undefined) return { nonce, permission: { kind: "full" } };
  const { receiverId, methodNames: methods, allowance } = call;
  return { nonce, permission: { kind: "call", allowance: allowance ?? undefined, receiverId, methods } };
}
