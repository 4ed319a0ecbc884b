/** Why something was refused outright. What an entry holds is never refused this way: it becomes poison. */
export type DebeziumErrorCode =
  /** The description of tables is not one; the message names the place. */
  "BAD_TABLE_DESCRIPTIONS";

/** A refusal by this package. */
export class DebeziumError extends Error {
  override readonly name = "DebeziumError";
  readonly code: DebeziumErrorCode;

  constructor(code: DebeziumErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
