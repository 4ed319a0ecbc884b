import type { ChainName } from "@etrap/proof";

/** A chain as people write it: `schema.table`, or the control chain of a database. */
export function chainLabel({ database, schema, table }: ChainName): string {
  return schema === null || table === null ? `control chain of ${database}` : `${schema}.${table}`;
}
