import { hideColumns } from "./image.ts";
import type { OpenedImage } from "./image.ts";
import { IMAGES } from "./payload.ts";
import { ProofError } from "./proof-error.ts";
import type { ProofFile } from "./proof-file.ts";

/** What a proof file is to show of each image: all of it, or some of its columns; where left out, nothing but the names that a `fields` commitment has. */
export interface Disclosure {
  readonly key?: "all" | readonly string[];
  readonly before?: "all" | readonly string[];
  readonly after?: "all" | readonly string[];
  /** A poison record's entry: all of it, or nothing. */
  readonly entry?: "all";
}

/**
 * The same proof, showing no more than this. What is left out goes with its salts, so it cannot be confirmed by guessing. Throws
 * NOT_DISCLOSABLE for a column that the file does not show, and for some columns of a `row` commitment.
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
  place: string,
): OpenedImage | null {
  if (columns === "all") return image;
  if (image === null || !("fields" in image)) {
    if (columns.length === 0) return null;
    throw new ProofError("NOT_DISCLOSABLE", place, "expected an image with a fields commitment");
  }
  const { fields } = image;
  const missing = columns.find((name) => !Object.hasOwn(fields, name) || "digest" in (fields[name] ?? {}));
  if (missing !== undefined) throw new ProofError("NOT_DISCLOSABLE", place, "expected columns that the proof shows");
  return hideColumns(image, new Set(columns));
}
