/** The fields of an insert into `public.{table}`, as Debezium's sink writes them. */
export function sampleFields(number: number, table = "a"): [string, string, string, string] {
  const source = {
    connector: "postgresql",
    name: "etrap",
    db: "erp",
    schema: "public",
    table,
    ts_ms: 1_749_855_135_648,
    txId: 1,
    lsn: number,
  };
  const value = { before: null, after: { id: number }, source, op: "c", ts_ms: 1_749_855_135_650, transaction: null };
  return ["key", JSON.stringify({ id: number }), "value", JSON.stringify(value)];
}
