import canonicalize from "canonicalize";
import { ProofError } from "./proof-error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

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
 * Throws TOO_LARGE, MALFORMED_DOCUMENT (not UTF-8, not JSON) or NOT_CANONICAL, which is where duplicate keys, numbers that a double does
 * not hold, and lone surrogates end: the text that the parsed value encodes to is then another one.
 */
export function parseCanonical(bytes: Uint8Array, place: string, maxBytes: number): unknown {
  if (bytes.length > maxBytes) {
    throw new ProofError("TOO_LARGE", place, `expected at most ${maxBytes} bytes, got ${bytes.length}`);
  }
  const text = decodeText(bytes, place);
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
    const text = canonicalize(value);
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
