import { listChains } from "@etrap/ledger";
import type { ChainName, ObjectReader } from "@etrap/ledger";
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
export async function* findChains(store: ObjectReader, query: ChainQuery = {}): AsyncGenerator<ChainName> {
  for await (const chain of listChains(store, { onStray: refuseStray })) if (matchesChain(chain, query)) yield chain;
}

/**
 * Returns the advice for a name that no chain has: to write the schema, where a table of another
 * schema has this name.
 */
export async function adviceForUnknown(store: ObjectReader, { table, database }: ChainQuery): Promise<string> {
  const others = table === undefined ? [] : await Array.fromAsync(findChains(store, { database }));
  const named = others.filter((chain) => chain.table !== null && chain.table === table).map(chainLabel);
  const list = Array.from(new Set(named)).join(", ");
  return list === "" ? "see etrap batches list" : `write schema.table for one of ${list}`;
}

/** Throws BAD_ARGUMENT for a query that no chain matches, unless it asks for all. */
export async function refuseUnknownChain(store: ObjectReader, query: ChainQuery): Promise<void> {
  const { table, database } = query;
  if (table === undefined && database === undefined) return;
  for await (const _ of findChains(store, query)) return;
  const given = [
    table === undefined ? [] : [`--table ${table}`],
    database === undefined ? [] : [`--database ${database}`],
  ].flat();
  const advice = await adviceForUnknown(store, query);
  throw new AgentError("BAD_ARGUMENT", `${given.join(" ")}: no such chain in the ledger; ${advice}`);
}

/**
 * Returns the advice for a name that several chains have. Empty where no option tells them apart.
 */
export function adviceForSeveral(chains: readonly ChainName[], table: string): string {
  const databases = new Set(chains.map(({ database }) => database));
  if (databases.size > 1) return `; add --database ${Array.from(databases).join(" or ")}`;
  // The longer name of a table in public: a name with a dot may be schema and table, or a table.
  const longer = chains.map(chainLabel).filter((label) => label !== table);
  return longer.length === 0 ? "" : `; for a table in public, write ${longer.join(" or ")}`;
}

function refuseStray(folder: string): never {
  throw new AgentError(
    "LEDGER_DAMAGED",
    `${folder}: expected the folder of a table, since it holds slots; move it out of the store`,
  );
}

/** Whether a chain matches a query. */
export function matchesChain(chain: ChainName, { table, database }: ChainQuery): boolean {
  if (database !== undefined && chain.database !== database) return false;
  if (table === undefined) return true;
  return chain.table !== null && (chainLabel(chain) === table || (chain.schema === "public" && chain.table === table));
}
