import * as v from "valibot";
import { parseCanonical } from "../bytes/canonical-json.ts";
import type { Bounds } from "../bytes/canonical-json.ts";
import { ProofError } from "../proof-error.ts";
import { isObject } from "./member-schemas.ts";

/** One kind of document: its `format` with the version, its bounds and its shape. */
export interface DocumentKind<T> {
  readonly format: string;
  readonly maxBytes: number;
  /** The number of commas and opening brackets outside strings. Default: 2²¹. */
  readonly maxMembers?: number;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** The member bound of every document except those that hold the rows of a whole batch. */
export const MAX_MEMBERS: number = 1 << 21;

/** The bounds of the documents that hold the rows of a whole batch. */
export const BATCH_BOUNDS: Bounds = { maxBytes: 256 << 20, maxMembers: 1 << 25 };

/** Parses a document from untrusted bytes. Throws ProofError and no other error. */
export function parseDocument<T>(kind: DocumentKind<T>, bytes: Uint8Array): T {
  const name = nameOf(kind.format);
  const value = parseCanonical(bytes, name, { maxMembers: MAX_MEMBERS, ...kind });
  const format = isObject(value) && Object.hasOwn(value, "format") ? value["format"] : undefined;
  if (typeof format === "string" && format.includes("/") && nameOf(format) === name && format !== kind.format) {
    const message = `expected ${kind.format}, got another version; use a newer release`;
    throw new ProofError("UNSUPPORTED_VERSION", message, { place: name });
  }
  return checkShape(kind.schema, value, name);
}

/**
 * Checks the shape of a parsed value and returns it. Throws MALFORMED_DOCUMENT with the first place
 * that is wrong. The message does not contain the value found there.
 */
export function checkShape<T>(schema: v.GenericSchema<unknown, T>, value: unknown, place: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const at = (issue.path ?? []).reduce((path, { key }) => joinPlace(path, key), place);
  throw new ProofError("MALFORMED_DOCUMENT", `expected ${issue.expected ?? issue.type}`, { place: at });
}

/**
 * Returns the path of a member of `place`. The name may come from an attacker, so it is escaped and
 * cut to 64 characters.
 */
export function joinPlace(place: string, key: unknown): string {
  if (typeof key === "number") return `${place}[${key}]`;
  const name = JSON.stringify(String(key)).slice(1, -1);
  return `${place}.${name.length > 64 ? `${name.slice(0, 63).toWellFormed()}…` : name}`;
}

function nameOf(format: string): string {
  return format.replace(/\/[^/]*$/, "");
}
