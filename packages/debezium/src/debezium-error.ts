/** The reason for a refusal. The content of an entry is never refused: it becomes poison. */
export type DebeziumErrorCode =
  /** The descriptions of tables are not valid. The message names the place. */
  "BAD_TABLE_DESCRIPTIONS";

/** A refusal by this package. Callers compare `code`. */
export class DebeziumError extends Error {
  override readonly name = "DebeziumError";
  readonly code: DebeziumErrorCode;

  constructor(code: DebeziumErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
