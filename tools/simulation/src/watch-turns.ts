/** Watches whether the event loop turns between calls. */
export interface TurnWatch {
  /** Notes a call. Returns whether the event loop has turned lately. */
  called(): boolean;
}

/**
 * The number of calls within one turn at which a loop is taken to spin. No loop of a batcher makes
 * so many at once for the few changes of a simulation.
 */
export const MOST_CALLS_IN_A_TURN = 1_000;

/** Creates a watch that has seen no call. */
export function watchTurns(): TurnWatch {
  let calls = 0;
  return {
    called() {
      calls += 1;
      if (calls === 1) setImmediate(() => (calls = 0));
      return calls <= MOST_CALLS_IN_A_TURN;
    },
  };
}
