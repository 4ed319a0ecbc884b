import { runAction } from "../actions/run-action.ts";
import type { PromiseResult } from "../calls/call.ts";
import type { Outcome, OutcomeStatus, RuntimeBlock } from "../receipts/outcome.ts";
import { GAS_PRICE } from "../receipts/outcome.ts";
import type { ReceiptRun } from "../receipts/receipt-run.ts";
import { ActionFailure } from "../receipts/receipt-run.ts";
import type { ActionReceipt, Receipt } from "../receipts/receipt.ts";
import { idsBelow, isRefund } from "../receipts/receipt.ts";
import type { State, StateDraft } from "../state/state.ts";
import { accountOf, draftState } from "../state/state.ts";
import { lackingFor } from "../state/storage-usage.ts";
import { actionGas, receiptGas } from "../transaction/fees.ts";
import { checkActions } from "./check-actions.ts";
import { produceData, produceReceipts } from "./produce-receipts.ts";
import { refundsOf } from "./refunds.ts";

/** What came of a receipt: its outcome, and the receipts that follow from it. */
export interface ExecutedReceipt {
  readonly outcome: Outcome;
  readonly receipts: readonly Receipt[];
}

/** What a receipt runs on. */
export interface ReceiptContext {
  readonly state: State;
  readonly block: RuntimeBlock;
  /** The results that the receipt waited for. */
  readonly promiseResults: readonly PromiseResult[];
}

/** Runs a receipt. If one of its actions fails, `state` is as before. */
export function executeReceipt(receipt: ActionReceipt, context: ReceiptContext): ExecutedReceipt {
  const draft = draftState(context.state);
  const run = startRun(receipt, draft, context);
  const failure = failureOf(run);
  if (failure === undefined) draft.commit();
  const nextId = idsBelow(receipt.id, context.block.height);
  const produced = failure === undefined ? produceReceipts(run, nextId) : [];
  const returnedTo =
    failure === undefined && run.returned.kind === "promise" ? produced[run.returned.index] : undefined;
  const status = statusOf(run, failure, returnedTo?.id);
  const data = returnedTo === undefined ? produceData(receipt, status, nextId) : [];
  const refunds = refundsOf({ run, failed: failure !== undefined, nextId });
  return {
    outcome: {
      id: receipt.id,
      executorId: receipt.receiverId,
      logs: run.logs,
      receiptIds: [...produced, ...refunds].map(({ id }) => id),
      gasBurnt: run.burntGas,
      tokensBurnt: isRefund(receipt) ? 0n : run.burntGas * GAS_PRICE,
      status,
    },
    receipts: [...produced, ...data, ...refunds],
  };
}

function startRun(receipt: ActionReceipt, state: StateDraft, { block, promiseResults }: ReceiptContext): ReceiptRun {
  const gas = receiptGas(receipt.predecessorId === receipt.receiverId).execute;
  return {
    receipt,
    state,
    block,
    promiseResults,
    actorId: receipt.predecessorId,
    logs: [],
    promises: [],
    bequests: [],
    returned: { kind: "none" },
    burntGas: gas,
    usedGas: gas,
  };
}

/** Runs the actions. Returns the error of the first that fails in the JSON form of nodes. */
function failureOf(run: ReceiptRun): unknown {
  let index = 0;
  const { receiverId, predecessorId } = run.receipt;
  try {
    for (const action of run.receipt.actions) {
      const { execute } = actionGas(action, receiverId, predecessorId === receiverId);
      run.burntGas += execute;
      run.usedGas += execute;
      runAction(run, action);
      index++;
    }
    return promiseError(run) ?? lackingError(run);
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
    return { index, kind: error.kind };
  }
}

/** What a call asks others to do must be as well formed as a transaction. */
function promiseError({ promises }: ReceiptRun): unknown {
  const error = promises.map(({ actions }) => checkActions(actions)).find((wrong) => wrong !== undefined);
  return error === undefined
    ? undefined
    : { index: null, kind: { NewReceiptValidationError: { ActionsValidation: error } } };
}

/** An account must hold what its bytes cost once all actions are done. */
function lackingError({ receipt: { receiverId }, state }: ReceiptRun): unknown {
  const account = accountOf(state, receiverId);
  const lacking = account === undefined ? 0n : lackingFor(account);
  if (lacking === 0n) return undefined;
  return { index: null, kind: { LackBalanceForState: { account_id: receiverId, amount: `${lacking}` } } };
}

function statusOf({ returned }: ReceiptRun, failure: unknown, receiptId: string | undefined): OutcomeStatus {
  if (failure !== undefined) return { kind: "failure", error: { ActionError: failure } };
  if (receiptId !== undefined) return { kind: "receipt", receiptId };
  return { kind: "value", value: returned.kind === "value" ? returned.value : new Uint8Array() };
}
