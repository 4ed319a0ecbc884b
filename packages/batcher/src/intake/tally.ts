/** Counts by name, where a name is a short reason or code. */
export interface Tally {
  add(name: string, count?: number): void;
  /** Returns the counts so far. */
  counts(): Readonly<Record<string, number>>;
}

/** The largest number of names. A source may give any reason, which must not fill the memory. */
const MAX_NAMES = 256;

/** Creates a tally that has counted nothing. Further names than 256 are counted as `OTHER`. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add(name, count = 1) {
      const key = counts.has(name) || counts.size < MAX_NAMES ? name : "OTHER";
      counts.set(key, (counts.get(key) ?? 0) + count);
    },
    counts: () => Object.fromEntries(counts),
  };
}
