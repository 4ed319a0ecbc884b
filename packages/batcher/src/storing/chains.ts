import type { ChainName, ObjectReader } from "@etrap/ledger";
import pLimit from "p-limit";
import { chainKey } from "../intake/chain-names.ts";
import { readChain } from "./chain.ts";
import type { Chain, Limit } from "./chain.ts";

/** The chains of a store. Each is read when it is first asked for. */
export interface Chains {
  /**
   * Returns a chain with its newest slot read now, since another writer may have taken one. Rejects
   * as `readChain` does.
   */
  readAgain(name: ChainName): Promise<Chain>;
}

/**
 * The number of chains and batches that are read at once. A start with many tables reads all of
 * them.
 */
const MAX_AT_ONCE = 8;

/** Creates the chains of a store. */
export function createChains(reader: ObjectReader): Chains {
  const limit: Limit = pLimit(MAX_AT_ONCE);
  const chains = new Map<string, Chain>();
  const reading = new Map<string, Promise<Chain>>();

  const read = async (key: string, name: ChainName): Promise<Chain> => {
    const known = chains.get(key);
    const chain = known ?? (await readChain(reader, name, limit));
    // Every lane asks for the control chain. It stays one object, so that all of them see what its
    // own lane adds.
    await known?.reload();
    chains.set(key, chain);
    return chain;
  };

  return {
    readAgain(name) {
      const key = chainKey(name);
      const running = reading.get(key) ?? limit(() => read(key, name)).finally(() => reading.delete(key));
      reading.set(key, running);
      return running;
    },
  };
}
