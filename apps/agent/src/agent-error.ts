/** Why the agent refuses to go on. */
export type AgentErrorCode =
  /** Settings are missing or wrong; the message names every one. */
  | "BAD_SETTINGS"
  /** A capture file's line is not a stream entry, or stands out of order. */
  | "BAD_CAPTURE"
  /** A folder of the store holds slots, and is no table's. */
  | "RECORD_DAMAGED"
  /** Another file stands where one was to be written. */
  | "FILE_EXISTS"
  /** A command's argument is wrong. */
  | "BAD_ARGUMENT"
  /** No setting and no entry tells the database's name. */
  | "DATABASE_UNKNOWN"
  /** Of several databases, some were not recorded to the end; each was reported with its reason. */
  | "DATABASES_FAILED";

/** A refusal by the agent: `message` says what was expected, what came, and what to do. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
