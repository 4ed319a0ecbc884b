import type { AnchorContext } from "./anchor-context.ts";
import { pendingIn } from "./chain-progress.ts";
import type { ChainProgress } from "./chain-progress.ts";

/**
 * Runs a task for one chain. Never rejects: a failure is noted for its chain alone and reported,
 * and the chain waits.
 */
export async function attempt(
  { queue, heads, clock, onEvent, deadline }: AnchorContext,
  progress: ChainProgress,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    // After the deadline, a failure says nothing about the chain.
    if (deadline.aborted) return;
    const { chain } = progress;
    // As after a crash, only the anchor knows what became of the batches.
    heads.forget(chain);
    const { code, message, attempts, isParked, retryAt } = queue.failed(progress, error, clock.now());
    const trouble = { chain, code, message, retryInMs: retryAt - clock.now() };
    if (isParked) onEvent({ type: "chain-parked", ...trouble, batches: pendingIn(progress) });
    else onEvent({ type: "anchor-waiting", ...trouble, attempt: attempts });
  }
}
