/** What kept a node from giving a result. */
export type RpcFailureKind =
  /** No connection, or it broke. The request may have been served. */
  | "unreachable"
  /** No whole answer in time. The request may have been served. */
  | "timed-out"
  /** The caller ended the call. The request may have been served. */
  | "aborted"
  /** A server in between answered, or the node without saying what is wrong. */
  | "http"
  /** The answer is no answer of a node: HTML, empty, too large. */
  | "bad-answer"
  /** The node refused the request, and named the cause. */
  | "refused";

/** The parts of an `RpcFailure` besides its message. */
export interface RpcFailureFacts {
  readonly kind: RpcFailureKind;
  /** The name that the node gives to the cause, such as `UNKNOWN_ACCOUNT`. */
  readonly causeName?: string;
  /** What the node tells of the cause. */
  readonly detail?: unknown;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call to a node that gave no result. The message names the node by its host alone. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly kind: RpcFailureKind;
  readonly causeName: string | undefined;
  readonly detail: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { kind, causeName, detail, retryAfterMs, cause }: RpcFailureFacts) {
    super(message, { cause });
    [this.kind, this.causeName, this.detail, this.retryAfterMs] = [kind, causeName, detail, retryAfterMs];
  }
}
