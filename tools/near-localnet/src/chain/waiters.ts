/** Requests that wait for blocks. */
export interface Waiters {
  /** Resolves once `holds`, or `end` was called, or `timeout` milliseconds are over. */
  readonly wait: (holds: () => boolean, timeout: number) => Promise<void>;
  /** Lets those whose condition holds go on. */
  readonly wake: () => void;
  /** Lets all go on, and whoever comes later. */
  readonly end: () => void;
}

/** Creates the waiting room of a chain: empty. */
export function createWaiters(): Waiters {
  const waiting = new Set<() => void>();
  let hasEnded = false;
  const wake = (): void => {
    for (const check of waiting) check();
  };
  return {
    wake,
    end: () => {
      hasEnded = true;
      wake();
    },
    wait: async (holds, timeout) => {
      if (holds() || hasEnded) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = (): void => {
        if (holds() || hasEnded) resolve();
      };
      const timer = setTimeout(resolve, timeout);
      waiting.add(check);
      await promise;
      waiting.delete(check);
      clearTimeout(timer);
    },
  };
}
