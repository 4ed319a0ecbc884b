/** One entry as Redis holds it, or a gap in place of lost entries. */
export interface RawEntry {
  readonly kind: "entry" | "gap";
  readonly stream: string;
  readonly id: string;
  /** Names and values in turn. Empty for a gap. */
  readonly fields: readonly Uint8Array[];
  /** The length of all fields in bytes. */
  readonly size: number;
}

/**
 * Returns the entries in a reply to XREAD: a list of streams, each with its entries, each with its
 * fields.
 */
export function rawEntriesOf(reply: unknown): RawEntry[] {
  return listOf(reply).flatMap((each) => {
    const [stream, entries] = listOf(each);
    return listOf(entries).map((entry) => {
      const [id, fields] = listOf(entry);
      return rawEntry(String(stream), String(id), listOf(fields).filter(Buffer.isBuffer));
    });
  });
}

function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function rawEntry(stream: string, id: string, fields: readonly Buffer[]): RawEntry {
  return { kind: "entry", stream, id, fields, size: fields.reduce((sum, { length }) => sum + length, 0) };
}
