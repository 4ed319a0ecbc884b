import type { Hash } from "@etrap/merkle";
import * as v from "valibot";
import { toCanonical } from "../bytes/canonical-json.ts";
import { digest, DOMAIN } from "../bytes/digest.ts";
import { saltBytes } from "../bytes/salts.ts";
import { digestSchema, mapOf, saltSchema } from "./member-schemas.ts";

/**
 * A column's value in canonical form: PostgreSQL's text as a string, a boolean, null, or an array
 * of these.
 */
export type Value = string | boolean | null | readonly Value[];

/**
 * A row as a change gives it: column name → canonical value. Readers MUST use own properties only,
 * because a column may be called `__proto__` or `toString`.
 */
export type Image = Readonly<Record<string, Value>>;

/** The kind of commitment: `row` opens whole or not at all, `fields` opens column by column. */
export type Commitment = "row" | "fields";

/** An image with the salt that opens its `row` commitment: 16 random bytes as 32 hex characters. */
export interface OpenedRow {
  readonly salt: string;
  readonly values: Image;
}

/** A disclosed column with its own salt, or an undisclosed column with its digest alone. */
export type Field = { readonly salt: string; readonly value: Value } | { readonly digest: string };

/** An image that opens a `fields` commitment. It names every column, disclosed or not. */
export interface OpenedFields {
  readonly fields: Readonly<Record<string, Field>>;
}

export type OpenedImage = OpenedRow | OpenedFields;

/**
 * Returns the commitment to an image, as hex. JCS is RFC 8785.
 *
 * - `row`: SHA-256(0x02 ‖ salt ‖ JCS(values)).
 * - `fields`: SHA-256(0x04 ‖ JCS([[name, d], …])), where d is SHA-256(0x03 ‖ salt ‖ JCS(value)) as
 *   hex and the names ascend by UTF-16 units. A map has each name once, so no column is committed
 *   to twice.
 *
 * `hash` may be a faster SHA-256. Throws NOT_CANONICAL for a lone surrogate and BAD_ARGUMENT for an
 * invalid salt.
 */
export function commitToImage(image: OpenedImage, hash?: Hash): string {
  if (!("fields" in image))
    return digest(DOMAIN.row, { bytes: saltBytes(image.salt), text: toCanonical(image.values) }, hash);
  const digests = Object.entries(image.fields).map(([name, field]) => [name, digestOf(field, hash)] as const);
  return digest(DOMAIN.fields, { text: toCanonical(digests.toSorted(([a], [b]) => (a < b ? -1 : 1))) }, hash);
}

function digestOf(field: Field, hash?: Hash): string {
  if ("digest" in field) return field.digest;
  return digest(DOMAIN.field, { bytes: saltBytes(field.salt), text: toCanonical(field.value) }, hash);
}

/** Returns the values that an opened image discloses. */
export function disclosedValues(image: OpenedImage): Image {
  if (!("fields" in image)) return image.values;
  const shown = Object.entries(image.fields).flatMap(([name, field]) =>
    "digest" in field ? [] : [[name, field.value] as const],
  );
  return Object.fromEntries(shown);
}

/** Returns the names of the columns that an opened image commits to but does not disclose. */
export function undisclosedColumns(image: OpenedImage): string[] {
  if (!("fields" in image)) return [];
  return Object.entries(image.fields).flatMap(([name, field]) => ("digest" in field ? [name] : []));
}

/** Returns the image with only these columns disclosed. The commitment stays the same. */
export function hideColumns(image: OpenedFields, shown: ReadonlySet<string>): OpenedFields {
  const fields = Object.entries(image.fields).map(
    ([name, field]) => [name, shown.has(name) ? field : { digest: digestOf(field) }] as const,
  );
  return { fields: Object.fromEntries(fields) };
}

/** PostgreSQL's arrays have at most six dimensions. Deeper nesting is refused as an attack. */
const MAX_DEPTH = 6;

export const commitmentSchema: v.GenericSchema<unknown, Commitment> = v.picklist(["row", "fields"]);

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

/** Whether this is a plain object of canonical values, with no lone surrogate in any string. */
export function isImage(values: unknown): values is Image {
  // Equal to the schema, at a tenth of its cost. It is called for every change.
  return (
    typeof values === "object" &&
    values !== null &&
    isPlain(values) &&
    Object.entries(values).every(([name, value]) => name.isWellFormed() && isValue(value, 0))
  );
}

/**
 * Whether an object is no array, Map or class instance. Those hold content outside their own
 * members, which would be lost.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isValue(value: unknown, depth: number): value is Value {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  return Array.isArray(value) && depth < MAX_DEPTH && [...value].every((member) => isValue(member, depth + 1));
}
