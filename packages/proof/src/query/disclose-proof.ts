import { hideColumns } from "../format/image.ts";
import type { OpenedImage } from "../format/image.ts";
import { IMAGES } from "../format/payload.ts";
import type { ImageName } from "../format/payload.ts";
import type { ProofFile } from "../format/proof-file.ts";
import { ProofError } from "../proof-error.ts";

/**
 * The parts to disclose of each image: all of it or some columns. If an image is left out, a
 * `fields` commitment still shows its column names, and a `row` commitment shows nothing.
 */
export interface Disclosure {
  readonly key?: "all" | readonly string[];
  readonly before?: "all" | readonly string[];
  readonly after?: "all" | readonly string[];
  /** A poison record's entry, which is disclosed whole or not at all. */
  readonly entry?: "all";
}

/**
 * Returns the same proof with only these parts disclosed. Undisclosed values are removed together
 * with their salts, so they cannot be confirmed by guessing. Throws NOT_DISCLOSABLE for a column
 * that the file does not show, and for single columns of a `row` commitment.
 */
export function discloseProof(file: ProofFile, disclosure: Disclosure): ProofFile {
  const [key = null, before = null, after = null] = IMAGES.map((part) =>
    discloseImage(file.payload[part], disclosure[part] ?? [], part),
  );
  const entry = disclosure.entry === "all" ? file.payload.entry : null;
  return { ...file, payload: { key, before, after, entry } };
}

function discloseImage(
  image: OpenedImage | null,
  columns: "all" | readonly string[],
  place: ImageName,
): OpenedImage | null {
  if (columns === "all") return image;
  if (image === null || !("fields" in image)) {
    if (columns.length === 0) return null;
    const message = "expected an image with a fields commitment; a row commitment takes all columns or none";
    throw new ProofError("NOT_DISCLOSABLE", message, { place });
  }
  const { fields } = image;
  const missing = columns.find((name) => !Object.hasOwn(fields, name) || "digest" in (fields[name] ?? {}));
  if (missing !== undefined) {
    throw new ProofError("NOT_DISCLOSABLE", "expected columns that the proof file shows", { place });
  }
  return hideColumns(image, new Set(columns));
}
