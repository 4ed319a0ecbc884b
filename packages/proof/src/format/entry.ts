import { concatBytes } from "@noble/hashes/utils.js";
import * as v from "valibot";
import { bytesToHex, digest, DOMAIN, hexToBytes } from "../bytes/digest.ts";
import { saltSchema } from "./member-schemas.ts";
import { saltBytes } from "../bytes/salts.ts";

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
  return fields.map((field) => field.length.toString(16).padStart(8, "0") + bytesToHex(field)).join("");
}

/**
 * Returns the commitment to an entry: SHA-256(0x06 ‖ salt ‖ bytes), as hex. Throws BAD_ARGUMENT for
 * an invalid salt.
 */
export function commitToEntry({ salt, bytes }: OpenedEntry): string {
  return digest(DOMAIN.entry, { bytes: concatBytes(saltBytes(salt), hexToBytes(bytes)) });
}

export const openedEntrySchema: v.GenericSchema<unknown, OpenedEntry> = v.strictObject({
  salt: saltSchema,
  bytes: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]*$/),
    v.check(({ length }) => length % 2 === 0),
  ),
});
