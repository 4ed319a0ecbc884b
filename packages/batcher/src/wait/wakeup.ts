import type { Clock } from "../ports.ts";
import { turn } from "./turn.ts";

/**
 * Lets one task wait until another notifies it. A notification before the wait is kept, so none is
 * missed.
 */
export interface Wakeup {
  /** Ends the wait, or the next one where no task waits. */
  notify(): void;
  /**
   * Resolves at the next notification, or after `ms` at the latest, but never before the event loop
   * has turned: two tasks that notify each other must not starve the others. Only one task may wait
   * at a time.
   */
  wait(within?: { readonly ms: number; readonly clock: Clock }): Promise<void>;
}

/** Creates a wakeup that was not notified yet. */
export function createWakeup(): Wakeup {
  let isNotified = false;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    isNotified = wake === undefined;
    wake?.();
    wake = undefined;
  };
  return {
    notify,
    async wait(within) {
      const turned = turn();
      if (!isNotified) {
        const woken = new AbortController();
        const notified = new Promise<void>((resolve) => {
          wake = resolve;
        });
        // The sleep ends with a notification, and a notification ends the sleep.
        if (within !== undefined)
          void within.clock.sleep(within.ms, woken.signal).then(() => woken.signal.aborted || notify());
        await notified;
        woken.abort();
      }
      isNotified = false;
      await turned;
    },
  };
}
