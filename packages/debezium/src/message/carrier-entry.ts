import { PoisonedEntry } from "./poison.ts";

/** A Debezium message as the Redis sink writes it, in either format. */
export interface CarrierEntry {
  readonly format: "extended" | "compact";
  /** JSON text. Undefined for the sink's word `default`, which it writes for a null key. */
  readonly key: string | undefined;
  /** JSON text. Undefined for the sink's word `default`, which it writes for a tombstone. */
  readonly value: string | undefined;
  /** JSON texts by name in capitals. Empty in the format `compact`, which has no headers. */
  readonly headers: ReadonlyMap<string, string>;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads an entry from its names and values in turn, and detects its format. `maxBytes` limits the
 * sum of their lengths. Throws PoisonedEntry with ENTRY_TOO_LARGE, NOT_UTF8 or UNKNOWN_SHAPE.
 */
export function parseCarrierEntry(fields: readonly Uint8Array[], maxBytes: number): CarrierEntry {
  if (fields.reduce((sum, { length }) => sum + length, 0) > maxBytes) throw new PoisonedEntry("ENTRY_TOO_LARGE");
  const texts = fields.map(decodeUtf8);
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) pairs.set(texts[index] ?? "", texts[index + 1] ?? "");

  const [key, value] = [pairs.get("key"), pairs.get("value")];
  if (key !== undefined && value !== undefined && pairs.size * 2 === texts.length) {
    pairs.delete("key");
    pairs.delete("value");
    return { format: "extended", key: unlessDefault(key), value: unlessDefault(value), headers: pairs };
  }
  const [name, only] = texts;
  if (texts.length !== 2 || name === undefined || only === undefined) throw new PoisonedEntry("UNKNOWN_SHAPE");
  return { format: "compact", key: unlessDefault(name), value: unlessDefault(only), headers: new Map() };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new PoisonedEntry("NOT_UTF8");
  }
}

function unlessDefault(text: string): string | undefined {
  return text === "default" ? undefined : text;
}
