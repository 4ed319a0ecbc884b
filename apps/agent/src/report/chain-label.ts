import type { ChainName } from "@etrap/ledger";

/** Returns the name of a chain for people: `schema.table`, or `control chain of {database}`. */
export function chainLabel({ database, schema, table }: ChainName): string {
  return schema === null || table === null ? `control chain of ${database}` : `${schema}.${table}`;
}
