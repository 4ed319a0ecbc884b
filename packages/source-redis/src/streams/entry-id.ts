/**
 * Compares two entry ids. Negative when `a` comes before `b`, zero when they are equal, positive
 * when `a` comes after.
 */
export function compareEntryIds(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const difference =
    left.milliseconds === right.milliseconds ? left.sequence - right.sequence : left.milliseconds - right.milliseconds;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest sequence number. Both parts of an id have 64 bits. */
const LAST_SEQUENCE = 2n ** 64n - 1n;

/** Returns the id directly after this one. */
export function nextEntryId(id: string): string {
  const { milliseconds, sequence } = partsOf(id);
  if (sequence === LAST_SEQUENCE) return `${milliseconds + 1n}-0`;
  return `${milliseconds}-${sequence + 1n}`;
}

function partsOf(id: string): { milliseconds: bigint; sequence: bigint } {
  const [milliseconds = "0", sequence = "0"] = id.split("-");
  return { milliseconds: BigInt(milliseconds), sequence: BigInt(sequence) };
}
