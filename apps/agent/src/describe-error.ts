/** What an error is told as. */
export interface ErrorDescription {
  /** The error's code, `UNEXPECTED` where it bears none. */
  readonly code: string;
  /** What was expected, what came, and what to do. */
  readonly message: string;
}

/** Tells what went wrong, whatever was thrown. */
export function describeError(error: unknown): ErrorDescription {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNEXPECTED";
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** The description with what to do about it where that is a command: the libraries know none. */
export function withAdvice({ code, message }: ErrorDescription): ErrorDescription {
  return { code, message: code === "SLOT_MISSING" ? `${message}; run etrap repair` : message };
}
