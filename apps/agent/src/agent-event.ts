import type { BatcherEvent, Policy } from "@etrap/batcher";
import type { RedisSourceEvent } from "@etrap/source-redis";

/** What the agent tells while it runs. */
export type AgentEvent =
  | BatcherEvent
  | RedisSourceEvent
  | { readonly type: "started"; readonly from: string; readonly folder: string; readonly policy: Policy }
  /** Of several databases, this one is not recorded any more; what others there are go on. */
  | { readonly type: "database-failed"; readonly code: string; readonly message: string }
  | { readonly type: "stopping" }
  | { readonly type: "stopped"; readonly batches: number; readonly changes: number };
