import { listChains } from "@etrap/ledger";
import type { ChainName, ObjectStore } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";
import { chainLabel } from "../report/chain-label.ts";

/** Which chains to find. A member that is left out restricts nothing. */
export interface ChainQuery {
  /**
   * `schema.table`, or `table` for a table in the schema `public`. Never matches a control chain.
   */
  readonly table?: string | undefined;
  readonly database?: string | undefined;
}

/**
 * Finds chains in a store, in byte order of their folders. Throws LEDGER_DAMAGED for a folder that
 * holds slots but is not named as a chain's, whatever the query is: it may be the chain in
 * question.
 */
export async function* findChains(store: ObjectStore, query: ChainQuery = {}): AsyncGenerator<ChainName> {
  for await (const chain of listChains(store, { onStray: refuseStray })) if (matches(chain, query)) yield chain;
}

function refuseStray(folder: string): never {
  throw new AgentError(
    "LEDGER_DAMAGED",
    `${folder}: expected the folder of a table, since it holds slots; move it out of the store`,
  );
}

function matches(chain: ChainName, { table, database }: ChainQuery): boolean {
  if (database !== undefined && chain.database !== database) return false;
  if (table === undefined) return true;
  return chain.table !== null && (chainLabel(chain) === table || (chain.schema === "public" && chain.table === table));
}
