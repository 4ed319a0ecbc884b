import type { ObjectStore } from "@etrap/batcher";
import type { ChainName } from "@etrap/proof";
import { chainLabel, readChains } from "./chain-reader.ts";

/** Which chains are asked for; what is left out restricts nothing. */
export interface ChainQuery {
  /** `schema.table`, or `table` in the schema `public`; no control chain bears a table's name. */
  readonly table?: string | undefined;
  readonly database?: string | undefined;
}

/** The chains of a store that are asked for, in byte order of their folders. */
export async function findChains(store: ObjectStore, query: ChainQuery): Promise<ChainName[]> {
  const found: ChainName[] = [];
  for await (const chain of readChains(store)) if (isAsked(chain, query)) found.push(chain);
  return found;
}

function isAsked(chain: ChainName, { table, database }: ChainQuery): boolean {
  if (database !== undefined && chain.database !== database) return false;
  if (table === undefined) return true;
  return chain.table !== null && (chainLabel(chain) === table || (chain.schema === "public" && chain.table === table));
}
