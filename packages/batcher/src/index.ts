export type { AnchorStatus } from "./anchor-line.ts";
export { DEFAULT_ANCHOR_POLICY } from "./anchor-policy.ts";
export type { AnchorPolicy } from "./anchor-policy.ts";
export { createBatcher } from "./batcher.ts";
export type { Batcher, BatcherStatus, ChainStatus } from "./batcher.ts";
export { BatcherError } from "./batcher-error.ts";
export type { BatcherErrorCode } from "./batcher-error.ts";
export { faultsOfRules } from "./faults-of-rules.ts";
export type { RulesFault } from "./faults-of-rules.ts";
export type { BatcherEvent, OnEvent } from "./events.ts";
export { listChains } from "./list-chains.ts";
export type { ListOptions } from "./list-chains.ts";
export type { BatcherOptions, TablePolicy } from "./options.ts";
export { DEFAULT_POLICY } from "./policy.ts";
export type { Policy } from "./policy.ts";
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
export { readBatch } from "./read-batch.ts";
export type { StoredBatch } from "./read-batch.ts";
export { repairChain } from "./repair-chain.ts";
export type { RepairedSlot, RepairOptions } from "./repair-chain.ts";
export type { Writer } from "./seal.ts";
export { systemClock } from "./system-clock.ts";
export type { BatcherPorts } from "./start-run.ts";
