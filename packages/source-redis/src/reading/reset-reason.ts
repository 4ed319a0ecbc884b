import { refusalOf } from "../redis-source-error.ts";

/** Why the source stepped back. */
export type ResetReason =
  /** A connection was lost, or a command failed for a reason that may pass. */
  | "reconnected"
  /** Another agent took the lease. */
  | "lease-lost"
  /** The stream is gone, or ends before what was read of it. */
  | "stream-replaced"
  /** The consumer group is gone. */
  | "group-missing"
  /** Another server, or another run of the server, answers now. */
  | "other-server";

/**
 * Returns the reason to step back after an error. Throws a refusal and any bug, since waiting helps
 * with neither.
 */
export function resetReasonOf(error: unknown): ResetReason {
  const refusal = refusalOf(error);
  if (refusal !== undefined) throw refusal;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error;
  const message = error instanceof Error ? error.message : "";
  if (message.includes("NOGROUP")) return "group-missing";
  if (message.includes("no such key") || message.includes("requires the key to exist")) return "stream-replaced";
  return "reconnected";
}
