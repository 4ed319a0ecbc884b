import * as v from "valibot";
import { parseCanonical } from "./canonical-json.ts";
import { ProofError } from "./proof-error.ts";

/** One kind of document: its name and version in `format`, its bound in bytes, its shape. */
export interface DocumentKind<T> {
  readonly format: string;
  readonly maxBytes: number;
  /** Commas and opening brackets outside strings; default: 2²¹. */
  readonly maxMembers?: number;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** For any document but those that hold the rows of a whole batch. */
export const MAX_MEMBERS: number = 1 << 21;

/** Parses a document from untrusted bytes. Throws ProofError, never anything else. */
export function parseDocument<T>(kind: DocumentKind<T>, bytes: Uint8Array): T {
  const name = nameOf(kind.format);
  const value = parseCanonical(bytes, name, { maxMembers: MAX_MEMBERS, ...kind });
  const format = isObject(value) && Object.hasOwn(value, "format") ? value["format"] : undefined;
  if (typeof format === "string" && format.includes("/") && nameOf(format) === name && format !== kind.format) {
    throw new ProofError(
      "UNSUPPORTED_VERSION",
      name,
      `expected ${kind.format}, got another version; use a newer release`,
    );
  }
  return checkShape(kind.schema, value, name);
}

/** Checks the shape of a parsed value. Throws MALFORMED_DOCUMENT with the first place that is wrong, without the value found there. */
export function checkShape<T>(schema: v.GenericSchema<unknown, T>, value: unknown, place: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const at = (issue.path ?? []).reduce((path, { key }) => memberPlace(path, key), place);
  throw new ProofError("MALFORMED_DOCUMENT", at, `expected ${issue.expected ?? issue.type}`);
}

/** The place of a member. A name that a stranger wrote is shown escaped, and not beyond what a reader takes in. */
export function memberPlace(place: string, key: unknown): string {
  if (typeof key === "number") return `${place}[${key}]`;
  const name = JSON.stringify(String(key)).slice(1, -1);
  return `${place}.${name.length > 64 ? `${name.slice(0, 63).toWellFormed()}…` : name}`;
}

/** A schema for a JSON object used as a map, which knows the schema of its members. */
export interface MapSchema<T> extends v.GenericSchema<unknown, Readonly<Record<string, T>>> {
  readonly memberSchema: v.GenericSchema<unknown, T>;
}

/** A JSON object used as a map. valibot's own `record` leaves out names such as `constructor`, and a column may have that name. */
export function mapOf<T>(memberSchema: v.GenericSchema<unknown, T>): MapSchema<T> {
  const schema = v.custom<Readonly<Record<string, T>>>(
    (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, member]) => name.isWellFormed() && v.is(memberSchema, member)),
    "map",
  );
  return { ...schema, memberSchema };
}

/** Goes before an object none of whose members is required: valibot takes a list for one. */
export const notAList: v.GenericSchema<unknown, object> = v.custom<object>(isObject, "object");

export const digestSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const saltSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
export const codeSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/));
export const nameSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(1024),
  v.check((name) => name.isWellFormed()),
);
/** A database's, schema's or table's name. PostgreSQL's have at most 63 bytes; the bound keeps the folders of others within every file system. */
export const objectNameSchema: v.GenericSchema<unknown, string> = v.pipe(
  nameSchema,
  v.check((name) => new TextEncoder().encode(name).length <= 255),
);
export const digitsSchema: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]{0,38})$/));
export const countSchema: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const timeSchema: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger());

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(format: string): string {
  return format.replace(/\/[^/]*$/, "");
}
