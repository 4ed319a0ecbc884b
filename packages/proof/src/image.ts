import * as v from "valibot";
import { encodeCanonical } from "./canonical-json.ts";
import { digest, DOMAIN, hexToBytes } from "./digest.ts";
import { mapOf, saltSchema } from "./document.ts";

/** A column's value in canonical form: PostgreSQL's own text as a string, a boolean, null, or an array of these. */
export type Value = string | boolean | null | readonly Value[];

/** What a row looked like: column name → canonical value. Read own properties only: a column may be called `__proto__` or `toString`. */
export type Image = Readonly<Record<string, Value>>;

/** An image with what opens its commitment: 16 random bytes as 32 hex characters. */
export interface OpenedImage {
  readonly salt: string;
  readonly values: Image;
}

/** The `row` commitment to an image: SHA-256(0x02 ‖ salt ‖ RFC 8785 text), as hex. Throws NOT_CANONICAL for a lone surrogate. */
export function commitToImage({ salt, values }: OpenedImage): string {
  return digest(DOMAIN.row, hexToBytes(salt), encodeCanonical(values));
}

/** PostgreSQL's arrays have at most six dimensions; deeper nesting is an attack on whoever walks it. */
const MAX_DEPTH = 6;

const valueSchema: v.GenericSchema<unknown, Value> = v.custom<Value>((value) => isValue(value, 0), "canonical value");

const imageSchema = mapOf(valueSchema);

export const openedImageSchema: v.GenericSchema<unknown, OpenedImage> = v.strictObject({
  salt: saltSchema,
  values: imageSchema,
});

/** Whether every column holds a canonical value and every string has a canonical text. */
export function isImage(values: unknown): values is Image {
  return v.is(imageSchema, values);
}

function isValue(value: unknown, depth: number): value is Value {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  return Array.isArray(value) && depth < MAX_DEPTH && value.every((member) => isValue(member, depth + 1));
}
