import { isObject } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";
import { decodeText } from "./scalar.ts";

/**
 * Decodes an hstore. With `hstore.handling.mode=json` it is JSON text, and is kept as it came. With
 * `map` it is an object, and becomes PostgreSQL's own text.
 */
export function decodeHstore(json: Json): Decoded {
  return typeof json === "string" ? decodeText(json) : decodeHstoreMap(json);
}

/**
 * Decodes an hstore that came as an object, to PostgreSQL's own text. PostgreSQL orders the keys by
 * their length in bytes, then by their bytes.
 */
export function decodeHstoreMap(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  const pairs: { readonly key: Buffer; readonly text: string }[] = [];
  for (const [key, value] of Object.entries(json)) {
    if (!key.isWellFormed() || (value !== null && decodeText(value) !== value)) return MALFORMED;
    const shownValue = typeof value === "string" ? quote(value) : "NULL";
    pairs.push({ key: Buffer.from(key), text: `${quote(key)}=>${shownValue}` });
  }
  pairs.sort((a, b) => a.key.length - b.key.length || a.key.compare(b.key));
  return pairs.map(({ text }) => text).join(", ");
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
