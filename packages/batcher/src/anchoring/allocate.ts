/**
 * Shares `max` places among chains with this many batches each, one place to each chain in turn.
 * Returns the places of each.
 */
export function allocate(waiting: readonly number[], max: number): number[] {
  const shares = waiting.map(() => 0);
  let left = Math.min(
    max,
    waiting.reduce((sum, count) => sum + count, 0),
  );
  while (left > 0) {
    for (const [index, count] of waiting.entries()) {
      const share = shares[index] ?? 0;
      if (left === 0 || share === count) continue;
      shares[index] = share + 1;
      left -= 1;
    }
  }
  return shares;
}
