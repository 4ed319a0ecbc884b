/** The codes of a `LedgerError`. */
export type LedgerErrorCode =
  /** A slot is missing although a later one stands. `repairChain` restores it from its batch. */
  | "SLOT_MISSING"
  /** A stored document is missing, cannot be read, or is not the one that its slot names. */
  | "LEDGER_DAMAGED"
  /** The store gave no answer about an object, and the result would not be complete without it. */
  | "UNREADABLE";

/** A refusal by this package. The message begins with the key of the object concerned. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
