import { pendingIn } from "./anchor-line.ts";
import type { AnchorLine } from "./anchor-line.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import type { OnEvent } from "./events.ts";
import type { Anchor, Clock, ObjectStore } from "./ports.ts";

/** Everything the anchor loop uses. */
export interface Anchoring {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly clock: Clock;
  readonly queue: AnchorQueue;
  readonly onEvent: OnEvent;
  /** Whose chains are looked up in the store at start, so that batches of a quiet table are anchored too. */
  readonly database: string;
}

/** Does something for one chain. */
export type Attempt = (line: AnchorLine, act: () => Promise<void>) => Promise<void>;

/** Gives a function that never rejects: a failure is its chain's alone, is noted and reported, and the chain rests. */
export function createAttempt({ queue, clock, onEvent }: Anchoring, signal: AbortSignal): Attempt {
  return async (line, act) => {
    try {
      await act();
    } catch (error) {
      // Work that was cut off on purpose says nothing about the chain.
      if (signal.aborted) return;
      const { chain } = line;
      const { code, message, attempts, isParked, retryAt } = queue.failed(line, error, clock.now());
      const trouble = { chain, code, message, retryInMs: retryAt - clock.now() };
      if (isParked) onEvent({ type: "chain-parked", ...trouble, batches: pendingIn(line) });
      else onEvent({ type: "anchor-waiting", ...trouble, attempt: attempts });
    }
  };
}
