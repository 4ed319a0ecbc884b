import * as v from "valibot";
import { SALT } from "../bytes/salts.ts";

/** A schema for a JSON object used as a map, with the schema of its members. */
export interface MapSchema<T> extends v.GenericSchema<unknown, Readonly<Record<string, T>>> {
  readonly memberSchema: v.GenericSchema<unknown, T>;
}

/**
 * Returns the schema of a JSON object used as a map. The `record` of valibot drops names such as
 * `constructor`, and a column may have such a name.
 */
export function mapOf<T>(memberSchema: v.GenericSchema<unknown, T>): MapSchema<T> {
  const schema = v.custom<Readonly<Record<string, T>>>(
    (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, member]) => name.isWellFormed() && v.is(memberSchema, member)),
    "map",
  );
  return { ...schema, memberSchema };
}

/**
 * An object and not an array. Needed before a `strictObject` without required members, because
 * valibot accepts an array for it.
 */
export const objectSchema: v.GenericSchema<unknown, object> = v.custom<object>(isObject, "object");

/** Whether a value is an object and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A decimal number without leading zeros, at most 39 digits. */
export const DIGITS: RegExp = /^(0|[1-9][0-9]{0,38})$/;

export const digestSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const saltSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(SALT));
export const codeSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/));
export const digitsSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(DIGITS));
export const countSchema: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const timeSchema: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger());

export const nameSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(1024),
  v.check((name) => name.isWellFormed()),
);

/**
 * The name of a database, schema or table. PostgreSQL allows 63 bytes; the bound of 255 keeps
 * folder names within the limits of every file system.
 */
export const objectNameSchema: v.GenericSchema<unknown, string> = v.pipe(
  nameSchema,
  v.check((name) => new TextEncoder().encode(name).length <= 255),
);
