export { anchorStored } from "./anchor-stored.ts";
export type { AnchorStoredOptions, AnchorStoredPorts } from "./anchor-stored.ts";
export type { AnchorStatus } from "./anchoring/chain-progress.ts";
export { createBatcher } from "./batcher.ts";
export type { Batcher, BatcherStatus, ChainStatus } from "./batcher.ts";
export { BatcherError } from "./batcher-error.ts";
export type { BatcherErrorCode } from "./batcher-error.ts";
export type { BatcherEvent, OnEvent } from "./events.ts";
export { DEFAULT_ANCHOR_POLICY } from "./options/anchor-policy.ts";
export type { AnchorPolicy } from "./options/anchor-policy.ts";
export { optionProblems } from "./options/options.ts";
export type { BatcherOptions, TablePolicy } from "./options/options.ts";
export type { OptionProblem } from "./options/option-problem.ts";
export { DEFAULT_POLICY } from "./options/policy.ts";
export type { Policy } from "./options/policy.ts";
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
  Poison,
  Position,
  Publication,
  PublishOutcome,
  PullOptions,
  Skip,
} from "./ports.ts";
export type { BatcherPorts, RunCounts } from "./run.ts";
export type { Writer } from "./options/writer.ts";
export { systemClock } from "./wait/system-clock.ts";
