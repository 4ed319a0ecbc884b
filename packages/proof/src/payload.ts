import * as v from "valibot";
import type { OpenedEntry } from "./entry.ts";
import { commitToEntry, openedEntrySchema } from "./entry.ts";
import type { Commitment, OpenedImage } from "./image.ts";
import { commitToImage, hiddenColumns, openedImageSchema, shownValues } from "./image.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";

/** The values and salts behind a record's commitments. Null where the record has none, or where they are not shown: `hiddenParts` tells which. */
export interface Payload {
  readonly key: OpenedImage | null;
  readonly before: OpenedImage | null;
  readonly after: OpenedImage | null;
  readonly entry: OpenedEntry | null;
}

/** What a record commits to and a payload does not show: an image (`column` null) or one column of it, or the entry of a poison record. */
export interface HiddenPart {
  readonly part: "key" | "before" | "after" | "entry";
  readonly column: string | null;
}

/** The payload of a record whose values were erased. */
export const ERASED: Payload = { key: null, before: null, after: null, entry: null };

export const IMAGES = ["key", "before", "after"] as const;

export const payloadSchema: v.GenericSchema<unknown, Payload> = v.strictObject({
  key: v.nullable(openedImageSchema),
  before: v.nullable(openedImageSchema),
  after: v.nullable(openedImageSchema),
  entry: v.nullable(openedEntrySchema),
});

/** Checks that what the payload shows is what the record commits to, in the way the header names. Throws COMMITMENT_MISMATCH at the first part that is not. */
export function verifyPayload(record: ChangeRecord, payload: Payload, commitment: Commitment, place: string): void {
  for (const part of IMAGES) {
    const image = payload[part];
    if (image === null) continue;
    if ("fields" in image !== (commitment === "fields")) {
      throw new ProofError("COMMITMENT_MISMATCH", `${place}.${part}`, `expected a ${commitment} commitment's opening`);
    }
    checkCommitment(record[part], commitToImage(image), `${place}.${part}`);
  }
  if (payload.entry !== null) checkCommitment(record.raw, commitToEntry(payload.entry), `${place}.entry`);
}

/** What a record commits to and its payload does not show: erased, or not disclosed. Requires a payload that `verifyPayload` accepts. */
export function hiddenParts(record: ChangeRecord, payload: Payload): HiddenPart[] {
  const images = IMAGES.flatMap((part): HiddenPart[] => {
    const image = payload[part];
    if (image !== null) return hiddenColumns(image).map((column) => ({ part, column }));
    return record[part] === null ? [] : [{ part, column: null }];
  });
  return record.raw !== null && payload.entry === null ? [...images, { part: "entry", column: null }] : images;
}

/** Whether a record commits to something, and its payload shows no value of it. */
export function isErased(record: ChangeRecord, payload: Payload): boolean {
  const isShown = IMAGES.some((part) => payload[part] !== null && Object.keys(shownValues(payload[part])).length > 0);
  return !isShown && payload.entry === null && hiddenParts(record, payload).length > 0;
}

function checkCommitment(expected: string | null, actual: string, place: string): void {
  if (expected === actual) return;
  throw new ProofError(
    "COMMITMENT_MISMATCH",
    place,
    `expected what the record commits to (${expected}), got ${actual}`,
  );
}
