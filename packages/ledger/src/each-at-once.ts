/**
 * Calls `act` for each item, at most `most` at a time, and takes no further item meanwhile. After
 * an error it takes no further item. Rejects with the first error, once every call that was begun
 * has ended.
 */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  most: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  // A call may fail while nobody awaits it, so its error is kept until the end.
  const errors: unknown[] = [];
  try {
    for await (const item of items) {
      if (errors.length > 0) break;
      const task: Promise<void> = act(item)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= most) await Promise.race(running);
    }
  } catch (error) {
    errors.push(error);
  }
  await Promise.all(running);
  if (errors.length > 0) throw errors[0];
}
