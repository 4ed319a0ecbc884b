export type { AnchorStatus } from "./anchoring/anchor-line.ts";
export { DEFAULT_ANCHOR_POLICY } from "./anchoring/anchor-policy.ts";
export type { AnchorPolicy } from "./anchoring/anchor-policy.ts";
export { createBatcher } from "./batcher.ts";
export type { Batcher, BatcherStatus, ChainStatus } from "./batcher.ts";
export { BatcherError } from "./batcher-error.ts";
export type { BatcherErrorCode } from "./batcher-error.ts";
export { faultsOfRules } from "./reading/faults-of-rules.ts";
export type { RulesFault } from "./reading/faults-of-rules.ts";
export type { BatcherEvent, OnEvent } from "./events.ts";
export { listChains } from "./record/list-chains.ts";
export type { ListOptions } from "./record/list-chains.ts";
export type { BatcherOptions, TablePolicy } from "./options.ts";
export { DEFAULT_POLICY } from "./lanes/policy.ts";
export type { Policy } from "./lanes/policy.ts";
export type {
  Anchor,
  AnchorErrorCode,
  ChainHead,
  Change,
  ChangeSource,
  Clock,
  Delivery,
  Entry,
  Gap,
  ObjectStore,
  Poison,
  Position,
  Publication,
  PublishOutcome,
  PullOptions,
  Skip,
  StoreErrorCode,
} from "./ports.ts";
export { readBatch } from "./record/read-batch.ts";
export type { StoredBatch } from "./record/read-batch.ts";
export { readHeaders } from "./record/read-headers.ts";
export { repairChain } from "./record/repair-chain.ts";
export type { RepairedSlot, RepairOptions } from "./record/repair-chain.ts";
export type { Writer } from "./sealing/seal.ts";
export { systemClock } from "./waiting/system-clock.ts";
export type { BatcherPorts } from "./start-run.ts";
