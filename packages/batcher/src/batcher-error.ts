/** Why the batcher refuses to go on. */
export type BatcherErrorCode =
  /** A setting is out of its range. */
  | "BAD_OPTIONS"
  /** `run` or `runOnce` is at work on this batcher already. */
  | "ALREADY_RUNNING"
  /** What a flush waited for was thrown away, since the source stepped back; it comes again. */
  | "STEPPED_BACK"
  /** The time for draining was over. */
  | "CUT_SHORT"
  /** The source broke its contract: a stream's positions did not increase within a generation, or a position has no order. */
  | "POSITIONS_OUT_OF_ORDER"
  /** The source broke its contract: a delivery's size is no whole number of bytes, so what is held could not be bounded. */
  | "BAD_DELIVERY"
  /** What would be sealed could not be read back: a stream's name is beyond its bound, or this is a fault of ours. */
  | "NOT_SEALABLE"
  /** One change makes documents beyond their bound of 256 MiB: no batch can hold it. */
  | "BATCH_TOO_LARGE"
  /** The chain was written in another organization's name. */
  | "OTHER_ORGANIZATION"
  /** A slot stands behind an empty one: the chain lost a slot, and writing into the hole would fork it. */
  | "SLOT_MISSING"
  /** The store rejected with an error that bears no code. */
  | "STORE_FAILED"
  /** A stored document is not what the record says it is. */
  | "RECORD_DAMAGED"
  /** The anchor holds a batch of the chain whose slot the store does not: the store was set back, and writing would fork the chain. */
  | "HEAD_ROLLED_BACK"
  /** The anchor holds another batch than the slot of the same seq: the chain was forked or a slot replaced. */
  | "ANCHOR_FORKED";

/** A refusal by this package. Nothing is lost by it: what is not in the record is not committed to the source. */
export class BatcherError extends Error {
  override readonly name = "BatcherError";
  readonly code: BatcherErrorCode;

  constructor(code: BatcherErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
