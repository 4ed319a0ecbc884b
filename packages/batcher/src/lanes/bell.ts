import type { Clock } from "../ports.ts";

/** Lets one wait until another has something for it. A ring before the wait is kept, so none is missed. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or at the latest after `ms`. One waits at a time. */
  heard(within?: { readonly ms: number; readonly clock: Clock }): Promise<void>;
}

/** Creates a bell that has not rung. */
export function createBell(): Bell {
  let hasRung = false;
  let answer: (() => void) | undefined;
  const ring = (): void => {
    hasRung = answer === undefined;
    answer?.();
    answer = undefined;
  };
  return {
    ring,
    async heard(within) {
      if (!hasRung) {
        const enough = new AbortController();
        const rung = new Promise<void>((resolve) => {
          answer = resolve;
        });
        // Whoever is asleep is rung at the end of it; whoever was rung sleeps no longer.
        if (within !== undefined)
          void within.clock.sleep(within.ms, enough.signal).then(() => enough.signal.aborted || ring());
        await rung;
        enough.abort();
      }
      hasRung = false;
    },
  };
}
