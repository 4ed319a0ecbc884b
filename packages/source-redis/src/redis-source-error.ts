/**
 * Why the source refuses to go on. A Redis that is away is not a reason: the source waits for it.
 */
export type RedisSourceErrorCode =
  /** The password or the user is wrong or missing. */
  | "NOT_AUTHENTICATED"
  /** The user may not run a command that the source needs. */
  | "NOT_PERMITTED"
  /** The server is older than Redis 6.2, or part of a cluster, or a sentinel. */
  | "UNSUITABLE_SERVER"
  /** The server has no database of the number that the client selects. */
  | "DB_OUT_OF_RANGE"
  /** The server evicts keys when its memory is full, and so would delete whole streams. */
  | "EVICTION_POLICY"
  /** Another agent has set the source id of these streams since it was read. */
  | "IDENTITY_CHANGED"
  /** The source was stopped while it waited for the server or for a first change. */
  | "ABORTED";

/** A refusal by this package. It loses no entry. */
export class RedisSourceError extends Error {
  override readonly name = "RedisSourceError";
  readonly code: RedisSourceErrorCode;

  constructor(code: RedisSourceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const NOT_AUTHENTICATED = /^(WRONGPASS|NOAUTH)|invalid username-password|without any password configured/;
const NOT_PERMITTED = /NOPERM|executing the script can't (run|access)/;

/**
 * Returns the refusal that an error of the server stands for, undefined when waiting may help. A
 * refusal of ours is returned as it is.
 */
export function refusalOf(error: unknown): RedisSourceError | undefined {
  if (error instanceof RedisSourceError) return error;
  const message = error instanceof Error ? error.message : "";
  if (NOT_AUTHENTICATED.test(message)) {
    const help = "set REDIS_PASSWORD to the password of the server";
    return new RedisSourceError("NOT_AUTHENTICATED", `Redis does not accept the user or password: ${help}`, error);
  }
  if (NOT_PERMITTED.test(message)) {
    const help = "give the user the rights that the README of @etrap/source-redis lists";
    return new RedisSourceError("NOT_PERMITTED", `Redis does not permit a command (${message}): ${help}`, error);
  }
  if (message.includes("DB index is out of range")) {
    const help = "set REDIS_DB to a database that the server has";
    const reason = "the server has no database of the number that was given";
    return new RedisSourceError("DB_OUT_OF_RANGE", `${reason}: ${help}`, error);
  }
  return undefined;
}
