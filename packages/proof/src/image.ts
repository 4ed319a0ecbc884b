import type { Hash } from "@etrap/merkle";
import * as v from "valibot";
import { toCanonical } from "./canonical-json.ts";
import { digest, DOMAIN } from "./digest.ts";
import { digestSchema, mapOf, saltSchema } from "./document.ts";
import { saltBytes } from "./salts.ts";

const NOTHING = new Uint8Array();

/** A column's value in canonical form: PostgreSQL's own text as a string, a boolean, null, or an array of these. */
export type Value = string | boolean | null | readonly Value[];

/** What a row looked like: column name → canonical value. Read own properties only: a column may be called `__proto__` or `toString`. */
export type Image = Readonly<Record<string, Value>>;

/** How images are committed to: `row` opens whole or not at all, `fields` column by column. */
export type Commitment = "row" | "fields";

/** An image with what opens its `row` commitment: 16 random bytes as 32 hex characters. */
export interface OpenedRow {
  readonly salt: string;
  readonly values: Image;
}

/** A column that is shown, with its own salt; or one that is not, of which only its digest is known. */
export type Field = { readonly salt: string; readonly value: Value } | { readonly digest: string };

/** An image with what opens its `fields` commitment: every column by name, shown or not. */
export interface OpenedFields {
  readonly fields: Readonly<Record<string, Field>>;
}

export type OpenedImage = OpenedRow | OpenedFields;

/** Opens an image for a new commitment. `salt` is a source as `createSalts` makes it. */
export function openImage(values: Image, commitment: Commitment, salt: () => string): OpenedImage {
  if (commitment === "row") return { salt: salt(), values };
  const fields = Object.entries(values).map(([name, value]) => [name, { salt: salt(), value }] as const);
  return { fields: Object.fromEntries(fields) };
}

/**
 * The commitment to an image, as hex. `row`: SHA-256(0x02 ‖ salt ‖ JCS(values)). `fields`: SHA-256(0x04 ‖ JCS([[name, d], …])), where d is
 * SHA-256(0x03 ‖ salt ‖ JCS(value)) as hex, and the names ascend by UTF-16 units; a map has each name once, so no column is committed twice.
 * JCS is RFC 8785. `hash` may be a faster SHA-256. Throws NOT_CANONICAL for a lone surrogate, BAD_ARGUMENT for a salt that is none.
 */
export function commitToImage(image: OpenedImage, hash?: Hash): string {
  if (!("fields" in image)) return digest(DOMAIN.row, saltBytes(image.salt), toCanonical(image.values), hash);
  const digests = Object.entries(image.fields).map(([name, field]) => [name, digestOf(field, hash)] as const);
  return digest(DOMAIN.fields, NOTHING, toCanonical(digests.toSorted(([a], [b]) => (a < b ? -1 : 1))), hash);
}

/** A commitment as hex, and the canonical text of what opens it. */
export interface Committed {
  readonly digest: string;
  readonly opening: string;
}

/** Opens an image and commits to it: `openImage` and `commitToImage`, and the text that a document has of it, made once. Throws as they do. */
export function committedImage(values: Image, commitment: Commitment, salt: () => string, hash?: Hash): Committed {
  if (commitment === "row") {
    const [drawn, text] = [salt(), toCanonical(values)];
    const opening = `{"salt":"${drawn}","values":${text}}`;
    return { digest: digest(DOMAIN.row, saltBytes(drawn), text, hash), opening };
  }
  const image = openImage(values, commitment, salt);
  return { digest: commitToImage(image, hash), opening: toCanonical(image) };
}

function digestOf(field: Field, hash?: Hash): string {
  if ("digest" in field) return field.digest;
  return digest(DOMAIN.field, saltBytes(field.salt), toCanonical(field.value), hash);
}

/** The values that an opened image shows. */
export function shownValues(image: OpenedImage): Image {
  if (!("fields" in image)) return image.values;
  const shown = Object.entries(image.fields).flatMap(([name, field]) =>
    "digest" in field ? [] : [[name, field.value] as const],
  );
  return Object.fromEntries(shown);
}

/** The names of the columns that an opened image has but does not show. */
export function hiddenColumns(image: OpenedImage): string[] {
  if (!("fields" in image)) return [];
  return Object.entries(image.fields).flatMap(([name, field]) => ("digest" in field ? [name] : []));
}

/** The same image, showing no other columns than these. Its commitment stays the same. */
export function hideColumns(image: OpenedFields, shown: ReadonlySet<string>): OpenedFields {
  const fields = Object.entries(image.fields).map(
    ([name, field]) => [name, shown.has(name) ? field : { digest: digestOf(field) }] as const,
  );
  return { fields: Object.fromEntries(fields) };
}

/** PostgreSQL's arrays have at most six dimensions; deeper nesting is an attack on whoever walks it. */
const MAX_DEPTH = 6;

export const valueSchema: v.GenericSchema<unknown, Value> = v.custom<Value>(
  (value) => isValue(value, 0),
  "canonical value",
);

const imageSchema = mapOf(valueSchema);

export const openedImageSchema: v.GenericSchema<unknown, OpenedImage> = v.union([
  v.strictObject({ salt: saltSchema, values: imageSchema }),
  v.strictObject({
    fields: mapOf(
      v.union([v.strictObject({ salt: saltSchema, value: valueSchema }), v.strictObject({ digest: digestSchema })]),
    ),
  }),
]);

/** Whether this is a plain object in which every column holds a canonical value and every string has a canonical text. */
export function isImage(values: unknown): values is Image {
  // As the schema says it, at a tenth of the cost: every change is asked.
  return (
    typeof values === "object" &&
    values !== null &&
    isPlain(values) &&
    Object.entries(values).every(([name, value]) => name.isWellFormed() && isValue(value, 0))
  );
}

/** Not a list, a Map or an instance of a class: what those hold is not in their own members, and would be lost. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isValue(value: unknown, depth: number): value is Value {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  return Array.isArray(value) && depth < MAX_DEPTH && [...value].every((member) => isValue(member, depth + 1));
}
