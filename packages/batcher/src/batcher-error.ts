/** The codes of a `BatcherError`. */
export type BatcherErrorCode =
  /** An option is out of its range. */
  | "BAD_OPTIONS"
  /** `run` or `runOnce` was called a second time. */
  | "ALREADY_STARTED"
  /** The source stepped back. The changes that a flush waited for are delivered again. */
  | "SOURCE_RESET"
  /** The run ended, or its time for draining was over, before this was done. */
  | "RUN_ENDED"
  /**
   * The source broke its contract: the positions of a stream did not increase within a generation,
   * or one is not a position.
   */
  | "POSITIONS_OUT_OF_ORDER"
  /**
   * The source broke its contract: a member of a delivery is of another type than the port
   * requires, or a change that no record can hold came without the bytes of its entry. The message
   * names the delivery and the member.
   */
  | "BAD_DELIVERY"
  /**
   * The batch would have a header that no reader accepts, for example because the name of its
   * stream is too long.
   */
  | "NOT_SEALABLE"
  /** One change makes documents of more than 256 MiB. No batch can hold it. */
  | "BATCH_TOO_LARGE"
  /** The chain was written in the name of another organization. */
  | "OTHER_ORGANIZATION"
  /** The store rejected with an error that has no code. */
  | "STORE_FAILED"
  /** The store says that a key is taken, but returns no object for it. */
  | "LEDGER_DAMAGED"
  /**
   * The anchor holds a batch whose slot is missing in the store. The store was set back, and
   * writing would fork the chain.
   */
  | "HEAD_ROLLED_BACK"
  /**
   * The anchor holds another batch than the slot of the same seq. The chain was forked, or a slot
   * was replaced.
   */
  | "ANCHOR_FORKED";

/**
 * A refusal by this package. Nothing is lost by it: changes that are not recorded are not committed
 * to the source.
 */
export class BatcherError extends Error {
  override readonly name = "BatcherError";
  readonly code: BatcherErrorCode;

  constructor(code: BatcherErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Whether a code says that a later attempt may succeed. */
export function isTemporary(code: string | undefined): code is "OUTCOME_UNKNOWN" | "UNAVAILABLE" {
  return code === "OUTCOME_UNKNOWN" || code === "UNAVAILABLE";
}

/** Whether a code says that the store contradicts the anchor. */
export function isContradiction(code: string | undefined): code is "HEAD_ROLLED_BACK" | "ANCHOR_FORKED" {
  return code === "HEAD_ROLLED_BACK" || code === "ANCHOR_FORKED";
}
