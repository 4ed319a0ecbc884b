import { concatBytes } from "@noble/hashes/utils.js";
import * as v from "valibot";
import { toCanonical } from "./canonical-json.ts";
import { bytesToHex, digest, DOMAIN, hexToBytes } from "./digest.ts";
import { saltSchema } from "./document.ts";
import type { Committed } from "./image.ts";
import { saltBytes } from "./salts.ts";

/** A carrier's entry as it came, with what opens its commitment. */
export interface OpenedEntry {
  readonly salt: string;
  /** `encodeEntry`'s bytes, as hex. */
  readonly bytes: string;
}

/** One byte string for a carrier's entry: every name and value in turn, each after its length (4 bytes, big-endian), as hex. */
export function encodeEntry(fields: readonly Uint8Array[]): string {
  return fields.map((field) => field.length.toString(16).padStart(8, "0") + bytesToHex(field)).join("");
}

/** The commitment to an entry: SHA-256(0x06 ‖ salt ‖ bytes), as hex. Throws BAD_ARGUMENT for a salt that is none. */
export function commitToEntry({ salt, bytes }: OpenedEntry): string {
  return digest(DOMAIN.entry, concatBytes(saltBytes(salt), hexToBytes(bytes)), "");
}

/** Opens an entry and commits to it; the text that a document has of it, made once. `salt` is a source as `createSalts` makes it. */
export function committedEntry(fields: readonly Uint8Array[], salt: () => string): Committed {
  const opened = { salt: salt(), bytes: encodeEntry(fields) };
  return { digest: commitToEntry(opened), opening: toCanonical(opened) };
}

export const openedEntrySchema: v.GenericSchema<unknown, OpenedEntry> = v.strictObject({
  salt: saltSchema,
  bytes: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]*$/),
    v.check(({ length }) => length % 2 === 0),
  ),
});
