import type { Hash } from "@etrap/merkle";
import { toCanonical } from "../bytes/canonical-json.ts";
import { digest, DOMAIN } from "../bytes/digest.ts";
import { saltBytes } from "../bytes/salts.ts";
import { commitToFields, encodeEntry } from "../format/entry.ts";
import { commitToImage } from "../format/image.ts";
import type { Commitment, Image, OpenedImage } from "../format/image.ts";

/** A commitment as hex, and the canonical text of the values and salts that open it. */
export interface EncodedCommitment {
  readonly digest: string;
  readonly opening: string;
}

/** Options of `commitAndEncodeImage`. */
export interface CommitOptions {
  readonly commitment: Commitment;
  /** Returns a fresh salt at each call; see `createSalts`. */
  readonly salt: () => string;
  /** A faster SHA-256 than the default. */
  readonly hash?: Hash;
}

/** Opens an image for a new commitment. `salt` is a source made by `createSalts`. */
export function openImage(values: Image, commitment: Commitment, salt: () => string): OpenedImage {
  if (commitment === "row") return { salt: salt(), values };
  const fields = Object.entries(values).map(([name, value]) => [name, { salt: salt(), value }] as const);
  return { fields: Object.fromEntries(fields) };
}

/**
 * Opens an image, commits to it, and encodes the opening. The result is that of `openImage`,
 * `commitToImage` and canonical JSON, but each text is made once. Throws what `commitToImage`
 * throws.
 */
export function commitAndEncodeImage(values: Image, { commitment, salt, hash }: CommitOptions): EncodedCommitment {
  if (commitment === "row") {
    const drawn = salt();
    const opening = `{"salt":"${drawn}","values":${toCanonical(values)}}`;
    // A slice of the opening, so that a large value stands in memory once as canonical text.
    const text = opening.slice('{"salt":"'.length + drawn.length + '","values":'.length, -1);
    return { digest: digest(DOMAIN.row, { bytes: saltBytes(drawn), text }, hash), opening };
  }
  const image = openImage(values, commitment, salt);
  return { digest: commitToImage(image, hash), opening: toCanonical(image) };
}

/**
 * Opens a carrier's entry, commits to it, and encodes the opening. `salt` is a source made by
 * `createSalts`.
 */
export function commitAndEncodeEntry(fields: readonly Uint8Array[], salt: () => string): EncodedCommitment {
  const drawn = salt();
  // Written as it is: canonical JSON would copy a text of twice the entry's size.
  return { digest: commitToFields(fields, drawn), opening: `{"bytes":"${encodeEntry(fields)}","salt":"${drawn}"}` };
}
