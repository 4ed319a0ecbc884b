/** The codes of `LocalnetError`. */
export type LocalnetErrorCode =
  | "JOURNAL_DAMAGED"
  | "JOURNAL_VERSION"
  | "JOURNAL_OTHER_CHAIN"
  | "BAD_OPTION"
  | "UNKNOWN_ACCOUNT"
  | "TRANSACTION_FAILED";

/** A refusal by the localnet itself, not by its chain. */
export class LocalnetError extends Error {
  override readonly name = "LocalnetError";
  readonly code: LocalnetErrorCode;

  constructor(code: LocalnetErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
