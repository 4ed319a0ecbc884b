import type { Hash } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/**
 * The first byte of each kind of hash input, so that no hash can pass for one of another kind. The
 * tree uses 0x00 and 0x01 (RFC 9162 §2.1.1).
 */
export const DOMAIN = { row: 0x02, field: 0x03, fields: 0x04, header: 0x05, entry: 0x06 } as const;

const encoder = new TextEncoder();

/** A reused buffer: for small inputs, a new buffer would cost as much as the hash. */
const scratch = new Uint8Array(1 << 14);

/** The input after the domain byte: first the bytes, then the text in UTF-8. */
export interface DigestInput {
  readonly bytes?: Uint8Array;
  readonly text?: string;
}

const NO_BYTES = new Uint8Array();

/**
 * Returns the SHA-256 of one domain byte and the input, as 64 lower-case hex characters. `hash` may
 * be a faster SHA-256.
 */
export function digest(domain: number, { bytes = NO_BYTES, text = "" }: DigestInput, hash: Hash = sha256): string {
  const start = 1 + bytes.length;
  // A UTF-16 unit takes at most three bytes of UTF-8.
  const maxLength = start + 3 * text.length;
  const input = maxLength <= scratch.length ? scratch : new Uint8Array(maxLength);
  input[0] = domain;
  input.set(bytes, 1);
  const { written } = encoder.encodeInto(text, input.subarray(start));
  return bytesToHex(hash(input.subarray(0, start + written)));
}

export { bytesToHex, hexToBytes };
