import type { ChainOptions } from "./chain-protocol.ts";

/** What is explored to its end, by what it is. */
export const CHAIN_SYSTEMS: Readonly<Record<string, ChainOptions>> = {
  "two writers, three entries in batches of one or two, one crash, one step back": {
    writers: 2,
    entries: 3,
    batchSizes: [1, 2],
    crashes: 1,
    stepBacks: 1,
  },
  "two writers, two entries, one crash, one stream rebuilt with other entries": {
    writers: 2,
    entries: 2,
    batchSizes: [1],
    crashes: 1,
    rebuilds: 1,
  },
  "one writer, three entries in batches of one or two, one crash, one step back, one slot lost by the store": {
    writers: 1,
    entries: 3,
    batchSizes: [1, 2],
    crashes: 1,
    stepBacks: 1,
    losses: 1,
  },
};
