import type { ChainName } from "@etrap/ledger";

/** Returns the control chain of a database, which holds poison and gaps. */
export function controlChain(database: string): ChainName {
  return { database, schema: null, table: null };
}

/** Returns the name of a chain as one text. It is JSON, since a name may hold any separator. */
export function chainKey({ database, schema, table }: ChainName): string {
  return JSON.stringify([database, schema, table]);
}
