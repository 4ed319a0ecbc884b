import type { ChainName } from "@etrap/proof";
import pLimit from "p-limit";
import { openChain } from "./chain.ts";
import type { Chain, Limit } from "./chain.ts";
import type { ObjectStore } from "../ports.ts";

/** The chains of a store, each opened when it is first asked for. */
export interface Chains {
  /** The chain of this name, its newest slot read now: another writer may have taken one. Rejects as `openChain` does. */
  readAgain(name: ChainName): Promise<Chain>;
}

/** How many chains, and batches of them, are read at once: at the start of many tables, all of them have to be. */
const MAX_AT_ONCE = 8;

/** Creates the chains of a store. */
export function createChains(store: ObjectStore): Chains {
  const limit: Limit = pLimit(MAX_AT_ONCE);
  const chains = new Map<string, Chain>();
  const reading = new Map<string, Promise<Chain>>();

  const read = async (key: string, name: ChainName): Promise<Chain> => {
    const known = chains.get(key);
    const chain = known ?? (await openChain(store, name, limit));
    // The control chain is asked by every table: it stays one object, so that all see what its own lane adds.
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

/** A chain's name as one text. JSON, since a name may hold any separator. */
export function chainKey({ database, schema, table }: ChainName): string {
  return JSON.stringify([database, schema, table]);
}
