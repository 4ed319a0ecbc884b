import type { BatcherEvent, Policy } from "@etrap/batcher";
import type { NodeEvent } from "@etrap/anchor-near";
import type { RedisSourceEvent } from "@etrap/source-redis";

/** The events that the agent reports while it runs. */
export type AgentEvent =
  | Exclude<BatcherEvent, { type: PlacedType | "anchor-publishing" }>
  | Placed
  | Publishing
  | RedisSourceEvent
  | NodeEvent
  /** Batches are stored, and cannot be anchored now. */
  | { readonly type: "near-not-ready"; readonly code: string; readonly message: string }
  /**
   * Recording begins, to the place `store` as `--store` takes it. `near` is undefined where batches
   * are only stored, or cannot be anchored now.
   */
  | {
      readonly type: "started";
      readonly from: string;
      readonly store: string;
      readonly policy: Policy;
      readonly near?: NearReady;
    }
  /** `/health` and `/metrics` can be asked there. */
  | { readonly type: "watching"; readonly urls: readonly string[] }
  /** Nothing can listen on a port. Recording goes on. */
  | { readonly type: "port-unusable"; readonly port: number; readonly message: string }
  /** What was done since the start. `idle` intervals passed without a batch before this one. */
  | ({
      readonly type: "statistics";
      readonly seconds: number;
      readonly idle: number;
      readonly leftOut?: LeftOut;
    } & Totals)
  /** No stream fits the pattern. What comes later is found. */
  | { readonly type: "no-streams"; readonly pattern: string }
  | { readonly type: "bucket-created"; readonly bucket: string }
  /** A fact about the bucket that an operator should know. */
  | { readonly type: "bucket-note"; readonly place: string; readonly code: string; readonly message: string }
  /** The recording of one of several databases ended early. The others go on. */
  | { readonly type: "database-failed"; readonly code: string; readonly message: string }
  | { readonly type: "stopping" }
  | ({ readonly type: "stopped"; readonly seconds?: number; readonly leftOut?: LeftOut } & Totals);

/** What a run did. */
export interface Totals {
  readonly batches: number;
  readonly changes: number;
  /** Undefined where batches were only stored. */
  readonly mints?: { readonly minted: number; readonly failed: number };
}

type PlacedType = "batch-stored" | "batch-anchored";
/**
 * Batches are about to be given to the contract. After `maxMintRetries` failures, they are parked.
 */
type Publishing = Extract<BatcherEvent, { type: "anchor-publishing" }> & { readonly maxMintRetries?: number };
/** A batch is in the ledger, or anchored. With S3, `place` is where: bucket, prefix and folder. */
type Placed = Extract<BatcherEvent, { type: PlacedType }> & { readonly place?: string };

/** Everything that minting needs was found. The balances last for `batchesLeft` batches. */
export interface NearReady {
  readonly account: string;
  readonly network: string;
  readonly contract: string;
  readonly batchesLeft: number;
}

/** The numbers of what a run left out, by reason or code. */
export interface LeftOut {
  /** Entries that are not recorded: without a change, or left out by the rules. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly poison: Readonly<Record<string, number>>;
  /** Values that were left out of recorded images. */
  readonly omitted: Readonly<Record<string, number>>;
}
