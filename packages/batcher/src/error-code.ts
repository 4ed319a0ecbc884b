/** The `code` of an error of whatever package. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "the reason was not given";
}

/** Whether an error's code says that a later try may succeed. */
export function isAway(code: string | undefined): code is "OUTCOME_UNKNOWN" | "UNAVAILABLE" {
  return code === "OUTCOME_UNKNOWN" || code === "UNAVAILABLE";
}

/** Whether an error's code says that the store is not what is anchored. */
export function isContradiction(code: string | undefined): code is "HEAD_ROLLED_BACK" | "ANCHOR_FORKED" {
  return code === "HEAD_ROLLED_BACK" || code === "ANCHOR_FORKED";
}
