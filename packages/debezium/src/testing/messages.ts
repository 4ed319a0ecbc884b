const encoder = new TextEncoder();

/** The source block of a change in `public.t`. */
export const SOURCE = {
  connector: "postgresql",
  name: "etrap",
  db: "erp",
  schema: "public",
  table: "t",
  ts_ms: 1_749_855_135_648,
  txId: 555,
  lsn: 24_023_128,
};

/** An envelope with its members replaced. */
export function envelope(members: object): object {
  return {
    before: null,
    after: { id: 1 },
    source: SOURCE,
    op: "c",
    ts_ms: 1_749_855_135_650,
    transaction: null,
    ...members,
  };
}

/** The fields of an `extended` entry; texts are taken as they are, anything else as JSON. */
export function extended(value: unknown, key: unknown = { id: 1 }, headers: Record<string, string> = {}): Uint8Array[] {
  const fields = ["key", textOf(key), "value", textOf(value), ...Object.entries(headers).flat()];
  return fields.map((field) => encoder.encode(field));
}

/** The fields of a `compact` entry. */
export function compact(value: unknown, key: unknown = { id: 1 }): Uint8Array[] {
  return [textOf(key), textOf(value)].map((field) => encoder.encode(field));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
