/**
 * Resolves after one turn of the event loop, so that timers and input had their chance. Other than
 * a clock, it never settles within the microtasks of its caller.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * Returns the outcome of a call once the event loop has also turned since. A loop that awaits
 * nothing else can then not starve timers, signals and sockets, even where the call settles at
 * once. Costs no time where the call takes a turn itself.
 */
export async function withTurn<T>(call: () => Promise<T>): Promise<T> {
  const turned = turn();
  try {
    return await call();
  } finally {
    await turned;
  }
}
