/**
 * Why the source refuses to go on. A Redis that is away is not a reason: the source waits for it.
 */
export type RedisSourceErrorCode =
  /** The password or the user is wrong or missing. */
  | "NOT_AUTHENTICATED"
  /** The user may not run a command that the source needs. */
  | "NOT_PERMITTED"
  /** A key that should be a stream is not one, or the server is older than Redis 6.2. */
  | "UNSUITABLE_SERVER"
  /** The server evicts keys when its memory is full, and so would delete whole streams. */
  | "EVICTION_POLICY"
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

/** Returns the refusal that an error of the server stands for, undefined when waiting may help. */
export function refusalOf(error: unknown): RedisSourceError | undefined {
  const message = error instanceof Error ? error.message : "";
  if (NOT_AUTHENTICATED.test(message)) {
    const help = "set REDIS_PASSWORD to the password of the server";
    return new RedisSourceError("NOT_AUTHENTICATED", `Redis does not accept the user or password: ${help}`, error);
  }
  if (message.includes("NOPERM")) {
    const help = "give the user the right to run it";
    return new RedisSourceError("NOT_PERMITTED", `Redis does not permit a command (${message}): ${help}`, error);
  }
  if (message.includes("WRONGTYPE")) {
    const help = "narrow the stream pattern so that it matches streams only";
    return new RedisSourceError("UNSUITABLE_SERVER", `expected a stream, got a key of another type: ${help}`, error);
  }
  return undefined;
}
