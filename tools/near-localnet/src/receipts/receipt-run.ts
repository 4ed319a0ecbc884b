import type { PromisedReceipt, PromiseResult, Returned } from "../calls/call.ts";
import type { StateDraft } from "../state/state.ts";
import type { RuntimeBlock } from "./outcome.ts";
import type { ActionReceipt, Refund } from "./receipt.ts";

/** A receipt while its actions run, one after another. */
export interface ReceiptRun {
  readonly receipt: ActionReceipt;
  readonly state: StateDraft;
  readonly block: RuntimeBlock;
  readonly promiseResults: readonly PromiseResult[];
  /** Who acts: the sender, or the new account itself once the receipt has created it. */
  actorId: string;
  readonly logs: string[];
  /** What calls asked for, with indices that count over all calls of the receipt. */
  readonly promises: PromisedReceipt[];
  /** What accounts that were deleted leave to others. */
  readonly bequests: Refund[];
  returned: Returned;
  burntGas: bigint;
  /** Burnt gas, and gas that went on with promises. */
  usedGas: bigint;
}

/** Ends a receipt: an action failed, and all of them are undone. */
export class ActionFailure extends Error {
  override readonly name = "ActionFailure";
  /** The kind of the error in the JSON form of nodes (`ActionErrorKind`). */
  readonly kind: unknown;

  constructor(kind: unknown) {
    super(JSON.stringify(kind));
    this.kind = kind;
  }
}
