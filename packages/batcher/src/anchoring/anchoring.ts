import { pendingIn } from "./anchor-line.ts";
import type { AnchorLine } from "./anchor-line.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import type { Anchor, ObjectStore } from "../ports.ts";
import type { Patience } from "../record/store-object.ts";

/** Everything the anchor loop uses. */
export interface Anchoring extends Omit<Patience, "random"> {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly queue: AnchorQueue;
  /** Whose chains are looked up in the store at start, so that batches of a quiet table are anchored too. */
  readonly database: string;
}

/** Does something for one chain. Never rejects: a failure is its chain's alone, is noted and reported, and the chain rests. */
export async function attempt(
  { queue, clock, onEvent, cut }: Anchoring,
  line: AnchorLine,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    // Work that was cut off on purpose says nothing about the chain.
    if (cut.aborted) return;
    const { chain } = line;
    const { code, message, attempts, isParked, retryAt } = queue.failed(line, error, clock.now());
    const trouble = { chain, code, message, retryInMs: retryAt - clock.now() };
    if (isParked) onEvent({ type: "chain-parked", ...trouble, batches: pendingIn(line) });
    else onEvent({ type: "anchor-waiting", ...trouble, attempt: attempts });
  }
}
