/** Why the source stepped back. */
export type ResetReason =
  /** A connection was lost, or a command failed for a reason that may pass. */
  | "reconnected"
  /** Another agent took the lease, or may have held it for a while. */
  | "lease-lost"
  /** The stream is gone, or ends before what was read of it. */
  | "stream-replaced"
  /** The consumer group is gone. */
  | "group-missing"
  /** Another server, or another run of the server, answers now. */
  | "other-server";

/**
 * Returns the reason to step back that the server's reply gives, undefined when it says nothing
 * about the group or the stream.
 */
export function reasonInReply(error: unknown): "group-missing" | "stream-replaced" | undefined {
  const message = error instanceof Error ? error.message : "";
  if (message.includes("NOGROUP")) return "group-missing";
  if (message.includes("no such key") || message.includes("requires the key to exist")) return "stream-replaced";
  return undefined;
}
