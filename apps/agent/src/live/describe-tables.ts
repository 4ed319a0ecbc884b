/** The columns of the tables in tables.sql. */
const COLUMNS = {
  sales: {
    account: { id: "int8", number: "int8", owner: "text", balance: "numeric(12,2)" },
    entry: { id: "int8", number: "int8", account: "int8", amount: "numeric", booked: "timestamptz" },
  },
  hr: { person: { id: "uuid", number: "int8", name: "text", data: "jsonb" } },
};

/** The tables of tables.sql, as `schema.table`. */
export const TABLES: readonly string[] = Object.entries(COLUMNS).flatMap(([schema, tables]) =>
  Object.keys(tables).map((table) => `${schema}.${table}`),
);

/** Returns the content of `ETRAP_TABLES_FILE` for the tables of tables.sql. */
export function describeTables(): string {
  const described = Object.entries(COLUMNS).map(([schema, tables]) => {
    const full = Object.entries(tables).map(([table, columns]) => [table, { replica_identity: "full", columns }]);
    return [schema, Object.fromEntries(full)];
  });
  const debezium = {
    "decimal.handling.mode": "string",
    "interval.handling.mode": "string",
    "binary.handling.mode": "hex",
  };
  return JSON.stringify({ debezium, tables: Object.fromEntries(described) });
}
