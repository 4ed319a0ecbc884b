/** The codes of the agent's own errors. */
export type AgentErrorCode =
  /** Settings are missing or wrong. The message names every one. */
  | "BAD_SETTINGS"
  /** A line of a capture file is not a stream entry, or its id is out of order. */
  | "BAD_CAPTURE"
  /**
   * A folder of the store holds slots but is not a table's, or a source file is not what it should
   * be.
   */
  | "LEDGER_DAMAGED"
  /** A different file has the name of one that was to be written. */
  | "FILE_EXISTS"
  /** The contract could not be set up. The same command goes on. */
  | "INIT_FAILED"
  /** An argument of a command is wrong. */
  | "BAD_ARGUMENT"
  /** Neither a setting nor an entry gives the name of the database. */
  | "DATABASE_UNKNOWN"
  /**
   * A run was cut before every change that it had read was stored. The next start reads them again.
   */
  | "CHANGES_UNSTORED"
  /**
   * The ledger and Redis do not hold the same source id, so one of them is not the one that was
   * used before.
   */
  | "SOURCE_MISMATCH"
  /**
   * The recording of some databases ended early. A `database-failed` event gave the reason for
   * each.
   */
  | "DATABASES_FAILED";

/** An error of the agent. `message` says what was expected, what came, and what to do. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
