/** Why the source refuses to go on. A Redis that is away is no reason: it waits. */
export type RedisSourceErrorCode =
  /** Password or user are wrong or missing. */
  | "NOT_AUTHENTICATED"
  /** The user may not run a command that the source needs. */
  | "NOT_PERMITTED"
  /** A key that matches the pattern is no stream, or the server is older than Redis 6.2. */
  | "UNSUITABLE_SERVER"
  /** The server evicts keys when memory is full: whole streams would vanish. */
  | "EVICTION_POLICY"
  /** Stopped while it waited for the server or for a first change. */
  | "ABORTED";

/** A refusal by this package. Nothing is lost by it. */
export class RedisSourceError extends Error {
  override readonly name = "RedisSourceError";
  readonly code: RedisSourceErrorCode;

  constructor(code: RedisSourceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What a server's error means for the source, undefined when it may pass by waiting. */
export function refusalOf(error: unknown): RedisSourceError | undefined {
  const message = error instanceof Error ? error.message : "";
  if (/^(WRONGPASS|NOAUTH)|invalid username-password|without any password configured/.test(message)) {
    return new RedisSourceError(
      "NOT_AUTHENTICATED",
      "Redis refuses the password: set REDIS_PASSWORD to the server's",
      error,
    );
  }
  if (message.includes("NOPERM"))
    return new RedisSourceError("NOT_PERMITTED", `Redis refuses a command: ${message}`, error);
  if (message.includes("WRONGTYPE")) {
    return new RedisSourceError(
      "UNSUITABLE_SERVER",
      "a key that should be a stream is none: narrow the stream pattern",
      error,
    );
  }
  return undefined;
}
