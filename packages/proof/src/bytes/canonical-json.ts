import canonicalize from "canonicalize";
import { ProofError } from "../proof-error.ts";
import { parseJson } from "./parse-json.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** The deepest nesting of arrays and objects. */
const MAX_DEPTH = 64;

/** The limits of a document, checked before it is parsed. */
export interface Bounds {
  readonly maxBytes: number;
  /** The number of commas and opening brackets outside strings. */
  readonly maxMembers: number;
}

/**
 * Returns the canonical bytes of a JSON value (RFC 8785). Throws NOT_CANONICAL for a value that has
 * none: a lone surrogate, NaN, nesting deeper than 64.
 */
export function encodeCanonical(value: unknown): Uint8Array {
  return encoder.encode(toCanonical(value));
}

/** Returns the canonical text of a JSON value (RFC 8785). Throws what `encodeCanonical` throws. */
export function toCanonical(value: unknown): string {
  // Otherwise a writer could make a document that every reader refuses.
  if (isDeeper(value, MAX_DEPTH)) {
    throw new ProofError("NOT_CANONICAL", `expected a nesting of at most ${MAX_DEPTH}`, { place: "document" });
  }
  return canonicalText(value, "document");
}

/** Whether arrays and objects are nested deeper than `depth`. */
function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1));
}

/**
 * Parses untrusted bytes, which must be canonical JSON (RFC 8785) with any white space between
 * tokens. Throws TOO_LARGE before parsing; MALFORMED_DOCUMENT for bytes that are not UTF-8 or not
 * JSON; NOT_CANONICAL for any other text than the canonical one. The last covers duplicate keys,
 * numbers that no double holds, and lone surrogates: the parsed value then encodes differently.
 */
export function parseCanonical(bytes: Uint8Array, place: string, { maxBytes, maxMembers }: Bounds): unknown {
  if (bytes.length > maxBytes) {
    throw new ProofError("TOO_LARGE", `expected at most ${maxBytes} bytes, got ${bytes.length}`, { place });
  }
  const text = decodeText(bytes, place);
  checkMembers(text, place, maxMembers);
  const value = parseText(text, place);
  const canonical = canonicalText(value, place);
  if (canonical !== text && !isSameExceptWhiteSpace(text, canonical)) {
    const message = "expected canonical JSON (RFC 8785), got other JSON; was the file rewritten by another program?";
    throw new ProofError("NOT_CANONICAL", message, { place });
  }
  return value;
}

/**
 * Whether `text` is `canonical` with white space between tokens. Compares character by character:
 * a regular expression would overflow the stack on an attacker's long string.
 */
function isSameExceptWhiteSpace(text: string, canonical: string): boolean {
  const skipWhiteSpace = (from: number): number => {
    let end = from;
    while (WHITE_SPACE.has(text.charCodeAt(end))) end += 1;
    return end;
  };
  let [at, isInString, isEscaped] = [0, false, false];
  for (let index = 0; index < canonical.length; index += 1) {
    const code = canonical.charCodeAt(index);
    if (!isInString) at = skipWhiteSpace(at);
    if (text.charCodeAt(at) !== code) return false;
    at += 1;
    if (code === QUOTE && !isEscaped) isInString = !isInString;
    isEscaped = code === BACKSLASH && isInString && !isEscaped;
  }
  return skipWhiteSpace(at) === text.length;
}

/**
 * Refuses a text with too many members or too much nesting, before it is parsed. A member of two
 * bytes can cost a hundred bytes of memory, so a forged document could exhaust the reader.
 */
function checkMembers(text: string, place: string, maxMembers: number): void {
  let [members, depth, isInString] = [0, 0, false];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString) index += code === BACKSLASH ? 1 : 0;
    else if (code === COMMA) members += 1;
    else if (CLOSING.has(code)) depth -= 1;
    else if (OPENING.has(code)) {
      members += 1;
      depth += 1;
      if (depth > MAX_DEPTH) throw new ProofError("TOO_LARGE", `expected a nesting of at most ${MAX_DEPTH}`, { place });
    }
  }
  if (members > maxMembers) {
    throw new ProofError("TOO_LARGE", `expected at most ${maxMembers} members, got ${members}`, { place });
  }
}

function decodeText(bytes: Uint8Array, place: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProofError("MALFORMED_DOCUMENT", "expected UTF-8, got other bytes", { place, cause });
  }
}

function parseText(text: string, place: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // The cause is dropped: V8 quotes the text around the error, which may be a row's value.
    throw new ProofError("MALFORMED_DOCUMENT", "expected JSON; is the file cut off?", { place });
  }
}

function canonicalText(value: unknown, place: string): string {
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch {
    // Every error of canonicalize means that the value has no canonical text.
  }
  const message = "expected a value that has canonical JSON: no lone surrogate, no NaN";
  throw new ProofError("NOT_CANONICAL", message, { place });
}
