import * as v from "valibot";
import { openedEntrySchema } from "./entry.ts";
import type { OpenedEntry } from "./entry.ts";
import { disclosedValues, openedImageSchema, undisclosedColumns } from "./image.ts";
import type { OpenedImage } from "./image.ts";
import type { ChangeRecord } from "./record.ts";

/**
 * The values and salts that open a record's commitments. A member is null if the record commits to
 * nothing there, or if the part is undisclosed; `undisclosedParts` distinguishes the two.
 */
export interface Payload {
  readonly key: OpenedImage | null;
  readonly before: OpenedImage | null;
  readonly after: OpenedImage | null;
  readonly entry: OpenedEntry | null;
}

/**
 * A part that a record commits to and a payload does not disclose: an image (`column` is null), one
 * column of an image, or the entry of a poison record.
 */
export interface UndisclosedPart {
  readonly part: ImageName | "entry";
  readonly column: string | null;
}

/** The payload of a record whose values were erased. */
export const ERASED: Payload = { key: null, before: null, after: null, entry: null };

/** The names of a record's images. */
export const IMAGES = ["key", "before", "after"] as const;

export type ImageName = (typeof IMAGES)[number];

export const payloadSchema: v.GenericSchema<unknown, Payload> = v.strictObject({
  key: v.nullable(openedImageSchema),
  before: v.nullable(openedImageSchema),
  after: v.nullable(openedImageSchema),
  entry: v.nullable(openedEntrySchema),
});

/**
 * Returns the parts that a record commits to and its payload does not disclose, erased or withheld.
 * Requires a payload that `verifyPayload` accepts.
 */
export function undisclosedParts(record: ChangeRecord, payload: Payload): UndisclosedPart[] {
  const images = IMAGES.flatMap((part): UndisclosedPart[] => {
    const image = payload[part];
    if (image !== null) return undisclosedColumns(image).map((column) => ({ part, column }));
    return record[part] === null ? [] : [{ part, column: null }];
  });
  return record.raw !== null && payload.entry === null ? [...images, { part: "entry", column: null }] : images;
}

/** Whether a record commits to values and its payload discloses none of them. */
export function isUndisclosed(record: ChangeRecord, payload: Payload): boolean {
  const showsColumn = IMAGES.some(
    (part) => payload[part] !== null && Object.keys(disclosedValues(payload[part])).length > 0,
  );
  return !showsColumn && payload.entry === null && undisclosedParts(record, payload).length > 0;
}
