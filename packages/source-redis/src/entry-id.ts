/** Negative when the entry id `a` comes before `b`, zero when they are equal, positive when it comes after. */
export function compareEntryIds(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const difference =
    left.milliseconds === right.milliseconds ? left.sequence - right.sequence : left.milliseconds - right.milliseconds;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Both parts of an id have 64 bits. */
const LAST_SEQUENCE = 2n ** 64n - 1n;

/** The id that follows directly. */
export function nextEntryId(id: string): string {
  const { milliseconds, sequence } = partsOf(id);
  if (sequence === LAST_SEQUENCE) return `${milliseconds + 1n}-0`;
  return `${milliseconds}-${sequence + 1n}`;
}

function partsOf(id: string): { milliseconds: bigint; sequence: bigint } {
  const [milliseconds = "0", sequence = "0"] = id.split("-");
  return { milliseconds: BigInt(milliseconds), sequence: BigInt(sequence) };
}
