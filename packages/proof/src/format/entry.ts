import * as v from "valibot";
import { digestOfParts, DOMAIN, hexToBytes, manyBytesToHex } from "../bytes/digest.ts";
import { saltSchema } from "./member-schemas.ts";
import { saltBytes } from "../bytes/salts.ts";

const encoder = new TextEncoder();

/** A carrier's raw entry, with the salt that opens its commitment. */
export interface OpenedEntry {
  readonly salt: string;
  /** The bytes of `encodeEntry`, as hex. */
  readonly bytes: string;
}

/**
 * Encodes the fields of a carrier's entry, names and values in turn, as hex. Each field follows its
 * length in 4 bytes, big-endian.
 */
export function encodeEntry(fields: readonly Uint8Array[]): string {
  return entryParts(fields).reduce((text, part) => text + manyBytesToHex(part), "");
}

/** Returns the parts of a raw entry: the length of each field, and the field. */
function entryParts(fields: readonly Uint8Array[]): Uint8Array[] {
  return fields.flatMap((field) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, field.length);
    return [length, field];
  });
}

/** The number of bytes of a raw entry that `abridgeEntry` keeps. */
const HEAD_BYTES = 1024;

/**
 * Returns the fields that are recorded instead of those of an entry that is too large to be kept:
 * `head`, the first 1024 bytes of the raw entry; `sha256`, its SHA-256 as hex; and `size`, its
 * number of bytes as decimal digits. The same entry always gives the same fields. See FORMAT.md.
 */
export function abridgeEntry(fields: readonly Uint8Array[]): Uint8Array[] {
  const parts = entryParts(fields);
  const head = new Uint8Array(HEAD_BYTES);
  let size = 0;
  for (const part of parts) {
    if (size < HEAD_BYTES) head.set(part.subarray(0, HEAD_BYTES - size), size);
    size += part.length;
  }
  const texts = ["head", "sha256", digestOfParts(parts), "size", String(size)].map((text) => encoder.encode(text));
  return texts.toSpliced(1, 0, head.slice(0, size));
}

/**
 * Returns the commitment to an entry: SHA-256(0x06 ‖ salt ‖ bytes), as hex. Throws BAD_ARGUMENT for
 * an invalid salt.
 */
export function commitToEntry({ salt, bytes }: OpenedEntry): string {
  return digestOfParts([Uint8Array.of(DOMAIN.entry), saltBytes(salt), hexToBytes(bytes)]);
}

/** Returns `commitToEntry` of the encoded fields. */
export function commitToFields(fields: readonly Uint8Array[], salt: string): string {
  return digestOfParts([Uint8Array.of(DOMAIN.entry), saltBytes(salt), ...entryParts(fields)]);
}

export const openedEntrySchema: v.GenericSchema<unknown, OpenedEntry> = v.strictObject({
  salt: saltSchema,
  bytes: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]*$/),
    v.check(({ length }) => length % 2 === 0),
  ),
});
