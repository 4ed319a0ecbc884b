import type { UntoldReason } from "./find-loss.ts";

/** What the source reports while it works. Holds names and counts, never an entry. */
export type RedisSourceEvent =
  | { readonly type: "redis-connected" }
  | { readonly type: "redis-disconnected" }
  /** No change tells the database's name yet. */
  | { readonly type: "waiting-for-database" }
  /** The server does not say whether it evicts keys. */
  | { readonly type: "eviction-unchecked" }
  /** Another agent holds the lease; this one waits. */
  | { readonly type: "standby" }
  /** This agent holds the lease and pulls. */
  | { readonly type: "leading" }
  | { readonly type: "stream-found"; readonly stream: string; readonly committed: string }
  /** What is not committed will be read again, and why. */
  | { readonly type: "cursor-reset"; readonly reason: ResetReason }
  /**
   * Entries were trimmed, or deleted from the stream's beginning, before they were read; `count` is null where the server does not know how many.
   * Told when the gap is handed over, so again when it is handed over again.
   */
  | { readonly type: "entries-lost"; readonly stream: string; readonly count: number | null }
  /**
   * Nobody can tell now whether entries of the stream were lost: some were deleted from among those that are still to be read, or the server
   * has not counted what was read. Told once for each such time.
   */
  | { readonly type: "loss-untold"; readonly stream: string; readonly reason: UntoldReason }
  /** Entries are kept because another consumer group has not read and acknowledged them. */
  | { readonly type: "retention-held-back"; readonly stream: string; readonly group: string };

/** Why the source stepped back. */
export type ResetReason = "reconnected" | "lease-lost" | "stream-replaced" | "group-missing" | "other-server";
