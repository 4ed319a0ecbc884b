import type { BatcherEvent, Policy } from "@etrap/batcher";
import type { RedisSourceEvent } from "@etrap/source-redis";

/** The events that the agent reports while it runs. */
export type AgentEvent =
  | Exclude<BatcherEvent, { type: "batch-stored" }>
  | BatchStored
  | RedisSourceEvent
  /** Recording begins, to the place `store` as `--store` takes it. */
  | { readonly type: "started"; readonly from: string; readonly store: string; readonly policy: Policy }
  | { readonly type: "bucket-created"; readonly bucket: string }
  /** A fact about the bucket that an operator should know. */
  | { readonly type: "bucket-note"; readonly place: string; readonly code: string; readonly message: string }
  /** The recording of one of several databases ended early. The others go on. */
  | { readonly type: "database-failed"; readonly code: string; readonly message: string }
  | { readonly type: "stopping" }
  | { readonly type: "stopped"; readonly batches: number; readonly changes: number; readonly leftOut?: LeftOut };

/** A batch is in the ledger. With S3, `place` is where: bucket, prefix and folder. */
type BatchStored = Extract<BatcherEvent, { type: "batch-stored" }> & { readonly place?: string };

/** The numbers of what a run left out, by reason or code. */
export interface LeftOut {
  /** Entries that are not recorded: without a change, or left out by the rules. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly poison: Readonly<Record<string, number>>;
  /** Values that were left out of recorded images. */
  readonly omitted: Readonly<Record<string, number>>;
}
