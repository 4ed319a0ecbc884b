import canonicalize from "canonicalize";
import { plainText } from "./plain-text.ts";
import { ProofError } from "./proof-error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** How deep arrays and objects may stand in each other. */
const MAX_DEPTH = 64;

/** What a document may cost its reader. */
export interface Bounds {
  readonly maxBytes: number;
  /** Commas and opening brackets outside strings: a member of two bytes costs a reader a hundred. */
  readonly maxMembers: number;
}

/** The canonical bytes of a JSON value (RFC 8785). Throws NOT_CANONICAL for what has none: a lone surrogate, NaN, a value nested too deep. */
export function encodeCanonical(value: unknown): Uint8Array {
  return encoder.encode(toCanonical(value));
}

/** The same as text. */
export function toCanonical(value: unknown): string {
  return canonicalText(value, "document");
}

/**
 * Parses untrusted bytes that must be canonical JSON (RFC 8785); white space between tokens is allowed, for readers.
 * Throws TOO_LARGE before it is parsed, for its bytes, its members or its depth; MALFORMED_DOCUMENT (not UTF-8, not JSON) or NOT_CANONICAL, which is where duplicate keys, numbers that a double does
 * not hold, and lone surrogates end: the text that the parsed value encodes to is then another one.
 */
export function parseCanonical(bytes: Uint8Array, place: string, { maxBytes, maxMembers }: Bounds): unknown {
  if (bytes.length > maxBytes) {
    throw new ProofError("TOO_LARGE", place, `expected at most ${maxBytes} bytes, got ${bytes.length}`);
  }
  const text = decodeText(bytes, place);
  checkMembers(text, place, maxMembers);
  const value = parseText(text, place);
  const canonical = canonicalText(value, place);
  if (canonical !== text && !isSameButForWhiteSpace(text, canonical)) {
    throw new ProofError(
      "NOT_CANONICAL",
      place,
      "expected canonical JSON (RFC 8785); was it written by another program?",
    );
  }
  return value;
}

/** Whether `text` is `canonical` with white space between tokens. No pattern: an attacker's long string would end the stack of one. */
function isSameButForWhiteSpace(text: string, canonical: string): boolean {
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

/** A forged document of a few bytes a member, or of nothing but brackets, would end the reader's memory before its shape is looked at. */
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
      if (depth > MAX_DEPTH) throw new ProofError("TOO_LARGE", place, `expected nesting of at most ${MAX_DEPTH}`);
    }
  }
  if (members > maxMembers) {
    throw new ProofError("TOO_LARGE", place, `expected at most ${maxMembers} members, got ${members}`);
  }
}

function decodeText(bytes: Uint8Array, place: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProofError("MALFORMED_DOCUMENT", place, "expected UTF-8", cause);
  }
}

function parseText(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out: V8 quotes the text around the fault, which may be a row's value.
    throw new ProofError("MALFORMED_DOCUMENT", place, "expected JSON; is the file cut off?");
  }
}

function canonicalText(value: unknown, place: string): string {
  try {
    const text = plainText(value) ?? canonicalize(value);
    if (text !== undefined) return text;
  } catch {
    // Whatever the reason, this value has no canonical text: a lone surrogate, NaN, nesting that ends the stack.
  }
  throw new ProofError(
    "NOT_CANONICAL",
    place,
    "expected a value with a canonical form: no lone surrogate, shallow nesting",
  );
}
