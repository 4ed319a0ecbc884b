import type { BatcherEvent, Policy } from "@etrap/batcher";
import type { RedisSourceEvent } from "@etrap/source-redis";

/** The events that the agent reports while it runs. */
export type AgentEvent =
  | BatcherEvent
  | RedisSourceEvent
  | { readonly type: "started"; readonly from: string; readonly folder: string; readonly policy: Policy }
  /** The recording of one of several databases ended early. The others go on. */
  | { readonly type: "database-failed"; readonly code: string; readonly message: string }
  | { readonly type: "stopping" }
  | { readonly type: "stopped"; readonly batches: number; readonly changes: number; readonly leftOut?: LeftOut };

/** The numbers of what a run left out, by reason or code. */
export interface LeftOut {
  /** Entries that are not recorded: without a change, or left out by the rules. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly poison: Readonly<Record<string, number>>;
  /** Values that were left out of recorded images. */
  readonly omitted: Readonly<Record<string, number>>;
}
