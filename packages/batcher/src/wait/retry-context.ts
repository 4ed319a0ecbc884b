import type { OnEvent } from "../events.ts";
import type { Clock } from "../ports.ts";

/** Everything that a task needs to try again. */
export interface RetryContext {
  readonly clock: Clock;
  /** Returns a number from 0 up to 1, which spreads retries. */
  readonly random: () => number;
  readonly onEvent: OnEvent;
  /**
   * Once aborted, nothing is waited for any more. Changes without a slot are not committed, and are
   * delivered again.
   */
  readonly deadline: AbortSignal;
}
