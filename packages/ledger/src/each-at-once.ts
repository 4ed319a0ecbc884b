/**
 * Calls `act` for each item, at most `most` at a time, and takes no further item meanwhile. Rejects
 * with the first error, once every call that was begun has ended.
 */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  most: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      const task: Promise<void> = act(item).finally(() => running.delete(task));
      // Prevents an unhandled rejection, since this may be awaited later.
      task.catch(() => undefined);
      running.add(task);
      if (running.size >= most) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
  }
}
