import { setMaxListeners } from "node:events";
import type { ChainName, ObjectStore } from "@etrap/ledger";
import { anchorLoop } from "./anchor-loop.ts";
import type { AnchorStatus } from "./anchoring/chain-progress.ts";
import { createAnchorQueue } from "./anchoring/anchor-queue.ts";
import { createHeads } from "./anchoring/heads.ts";
import { BatcherError } from "./batcher-error.ts";
import type { OnEvent } from "./events.ts";
import { anchorPolicyProblems, DEFAULT_ANCHOR_POLICY } from "./options/anchor-policy.ts";
import type { AnchorPolicy } from "./options/anchor-policy.ts";
import { problemText } from "./options/option-problem.ts";
import type { Anchor, Clock } from "./ports.ts";
import { systemClock } from "./wait/system-clock.ts";
import { turningClock } from "./wait/turning-clock.ts";

/** The ports that `anchorStored` uses. */
export interface AnchorStoredPorts {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly clock?: Clock;
}

/** Options of `anchorStored`. */
export interface AnchorStoredOptions {
  /** The chains whose batches are anchored. */
  readonly chains: Iterable<ChainName>;
  readonly anchorPolicy?: Partial<AnchorPolicy>;
  /** Receives the events of anchoring. */
  readonly onEvent?: OnEvent;
}

/**
 * Anchors the stored batches of some chains that have no anchor.json, and resolves with what still
 * waits. A chain that fails is reported, and is not tried again. Safe beside a batcher that anchors
 * the same chains: a batch is minted once. Ends early, after the call under way, where `signal` is
 * aborted. Throws BAD_OPTIONS. Does not reject for an error of the store or the anchor.
 */
export async function anchorStored(
  { store, anchor, clock: given = systemClock }: AnchorStoredPorts,
  { chains, anchorPolicy, onEvent = () => undefined }: AnchorStoredOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<AnchorStatus> {
  const policy = { ...DEFAULT_ANCHOR_POLICY, ...anchorPolicy };
  const problems = anchorPolicyProblems(policy);
  if (problems.length > 0) throw new BatcherError("BAD_OPTIONS", problems.map(problemText).join("; "));
  const clock = turningClock(given);
  // Every call to the anchor listens to it. Node would report so many listeners as a leak.
  const deadline = AbortSignal.any([signal]);
  setMaxListeners(0, deadline);
  const queue = createAnchorQueue({ policy, random: () => 0 });
  for (const chain of chains) queue.chainOpened(chain);
  const heads = createHeads({ store, anchor, clock, deadline });
  const { anchorFrom } = policy;
  await anchorLoop({ store, anchor, heads, queue, clock, anchorFrom, onEvent, deadline }, { once: true });
  return queue.status();
}
