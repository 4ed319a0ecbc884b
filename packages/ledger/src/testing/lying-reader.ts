import type { ObjectReader, StoredObject } from "../object-store.ts";

/** A lie of whoever holds the objects. */
export type Lie =
  /** These objects are neither listed nor returned. */
  | { readonly kind: "hides"; readonly keys: readonly string[] }
  /** The object is another's: of another batch, of another chain, or an older one. */
  | { readonly kind: "serves-other"; readonly key: string; readonly other: string }
  /** Two objects stand under each other's keys. */
  | { readonly kind: "swaps"; readonly keys: readonly [string, string] }
  /** Only the first bytes of the object come. */
  | { readonly kind: "truncates"; readonly key: string; readonly length: number }
  /** One bit of the object is another. */
  | { readonly kind: "flips"; readonly key: string; readonly bit: number }
  /** There is an object that nobody stored. */
  | { readonly kind: "adds"; readonly object: StoredObject }
  /** An object that nobody stored is returned, and not listed. */
  | { readonly kind: "invents"; readonly object: StoredObject };

/** Creates a reader that tells one lie about the objects of another, and else the truth. */
export function createLyingReader(reader: ObjectReader, lie: Lie): ObjectReader {
  return {
    get: async (key) => liedObject(reader, lie, key),
    async *list(prefix, after) {
      const added = lie.kind === "adds" ? lie.object.key : undefined;
      const isDue = (before: string): boolean =>
        added !== undefined && added.startsWith(prefix) && added > (after ?? "") && added > before;
      let last = "";
      for await (const key of reader.list(prefix, after)) {
        if (added !== undefined && isDue(last) && added < key) yield added;
        if (lie.kind !== "hides" || !lie.keys.includes(key)) yield key;
        last = key;
      }
      if (added !== undefined && isDue(last)) yield added;
    },
  };
}

async function liedObject(reader: ObjectReader, lie: Lie, key: string): Promise<Uint8Array | undefined> {
  switch (lie.kind) {
    case "hides":
      return lie.keys.includes(key) ? undefined : reader.get(key);
    case "serves-other":
      return reader.get(key === lie.key ? lie.other : key);
    case "swaps":
      return reader.get(otherOf(lie.keys, key));
    case "truncates":
      return key === lie.key ? (await reader.get(key))?.slice(0, lie.length) : reader.get(key);
    case "flips":
      return key === lie.key ? flipped(await reader.get(key), lie.bit) : reader.get(key);
    default:
      return key === lie.object.key ? lie.object.bytes.slice() : reader.get(key);
  }
}

function otherOf([one, other]: readonly [string, string], key: string): string {
  if (key === one) return other;
  return key === other ? one : key;
}

function flipped(bytes: Uint8Array | undefined, bit: number): Uint8Array | undefined {
  const index = bit >> 3;
  if (bytes !== undefined && index < bytes.length) bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
  return bytes;
}
