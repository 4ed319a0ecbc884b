import type { ReceiptRun } from "../receipts/receipt-run.ts";
import { ActionFailure } from "../receipts/receipt-run.ts";
import { accountOf } from "../state/state.ts";
import { isImplicit } from "../transaction/account-id.ts";
import type { Action } from "../transaction/action.ts";
import { createAccount, deleteAccount, transfer } from "./account-actions.ts";
import { callContract, deploy } from "./contract-actions.ts";
import { addKey, deleteKey } from "./key-actions.ts";

/** Runs one action of a receipt. Throws `ActionFailure`. */
export function runAction(run: ReceiptRun, action: Action): void {
  run.returned = { kind: "none" };
  checkExistence(run, action);
  checkActor(run, action);
  switch (action.kind) {
    case "create-account":
      return createAccount(run);
    case "transfer":
      return transfer(run, action.deposit);
    case "deploy":
      return deploy(run, action.code);
    case "call":
      return callContract(run, action);
    case "add-key":
      return addKey(run, action.publicKey, action.accessKey);
    case "delete-key":
      return deleteKey(run, action.publicKey);
    case "delete-account":
      return deleteAccount(run, action.beneficiaryId);
    case "stake":
      return refuseStake(run, action.stake);
    case "unsupported":
      throw new ActionFailure({ ActionNotSupported: { action: action.name } });
  }
}

function checkExistence({ receipt: { receiverId }, state }: ReceiptRun, { kind }: Action): void {
  const exists = accountOf(state, receiverId) !== undefined;
  if (kind === "create-account") {
    if (exists) throw new ActionFailure({ AccountAlreadyExists: { account_id: receiverId } });
  } else if (!exists && !(kind === "transfer" && isImplicit(receiverId))) {
    throw new ActionFailure({ AccountDoesNotExist: { account_id: receiverId } });
  }
}

/** Only the account itself may change its contract and its keys, stake, or delete itself. */
function checkActor({ actorId, receipt: { receiverId } }: ReceiptRun, { kind }: Action): void {
  const isForAnyone = kind === "create-account" || kind === "transfer" || kind === "call";
  if (!isForAnyone && actorId !== receiverId) {
    throw new ActionFailure({ ActorNoPermission: { account_id: receiverId, actor_id: actorId } });
  }
}

/** There are no validators here, so no stake is ever enough. */
function refuseStake({ receipt }: ReceiptRun, stake: bigint): never {
  const error = { account_id: receipt.receiverId, stake: `${stake}`, minimum_stake: `${stake + 1n}` };
  throw new ActionFailure({ InsufficientStake: error });
}
