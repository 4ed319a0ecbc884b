import { listChains } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/batcher";
import type { ChainName } from "@etrap/proof";
import { AgentError } from "./agent-error.ts";
import { chainLabel } from "./chain-label.ts";

/** Which chains are asked for; what is left out restricts nothing. */
export interface ChainQuery {
  /** `schema.table`, or `table` in the schema `public`; no control chain bears a table's name. */
  readonly table?: string | undefined;
  readonly database?: string | undefined;
}

/**
 * The chains of a store that are asked for, in byte order of their folders. Throws RECORD_DAMAGED for a folder that holds slots and is no
 * chain's, whatever is asked for: it may be the one that was looked for.
 */
export async function* findChains(store: ObjectStore, query: ChainQuery = {}): AsyncGenerator<ChainName> {
  for await (const chain of listChains(store, { onStray: refuseStray })) if (isAsked(chain, query)) yield chain;
}

function refuseStray(folder: string): never {
  throw new AgentError("RECORD_DAMAGED", `${folder}: holds slots, and is no table's folder; move it out of the store`);
}

function isAsked(chain: ChainName, { table, database }: ChainQuery): boolean {
  if (database !== undefined && chain.database !== database) return false;
  if (table === undefined) return true;
  return chain.table !== null && (chainLabel(chain) === table || (chain.schema === "public" && chain.table === table));
}
