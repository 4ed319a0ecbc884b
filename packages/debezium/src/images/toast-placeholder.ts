import { md5 } from "@noble/hashes/legacy.js";
import { isObject, lexemeOf, member } from "../message/json.ts";
import type { Json } from "../message/json.ts";

/** The test whether a value looks like the placeholder. A user may have stored the same value. */
export type IsPlaceholder = (value: Json) => boolean;

/**
 * Creates the test for the placeholder that Debezium sends for a large value which an update did
 * not touch. `bytes` are those of the setting `unavailable.value.placeholder`. Debezium sends their
 * text, or another form that fits the column's type.
 */
export function createPlaceholderTest(bytes: Uint8Array): IsPlaceholder {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString();
  const base64 = buffer.toString("base64");
  const scalars = new Set<Json>([text, base64, hstoreJson(text)]);
  const elements = new Set<Json | undefined>([text, base64, nameUuid(bytes)]);
  // Java's bytes have a sign.
  const codes = Array.from(new Int8Array(bytes));
  return (value) => {
    if (Array.isArray(value)) return (value.length === 1 && elements.has(value[0])) || isListOf(codes, value);
    return scalars.has(value) || (isObject(value) && member(value, text) === text);
  };
}

/**
 * Returns the text of an hstore that has the placeholder as its key and its value, as Java writes
 * it.
 */
function hstoreJson(text: string): string {
  const quoted = JSON.stringify(text).replaceAll(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`);
  return `{${quoted}:${quoted}}`;
}

/** Returns the name-based UUID of RFC 9562 (version 3) without a name space, as Java makes it. */
function nameUuid(bytes: Uint8Array): string {
  const digest = Buffer.from(md5(bytes));
  digest[6] = (digest.readUInt8(6) & 0x0f) | 0x30;
  digest[8] = (digest.readUInt8(8) & 0x3f) | 0x80;
  return digest.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Whether an array holds the placeholder's bytes as numbers. Debezium sends this for an array of
 * integers or dates.
 */
function isListOf(codes: readonly number[], values: readonly Json[]): boolean {
  return values.length === codes.length && values.every((value, index) => lexemeOf(value) === String(codes[index]));
}
