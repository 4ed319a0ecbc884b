import type { Hash } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { createByteWriter } from "./byte-writer.ts";

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
  if (start + 3 * text.length > scratch.length) return bytesToHex(hash(longInput(domain, bytes, text)));
  scratch[0] = domain;
  scratch.set(bytes, 1);
  const { written } = encoder.encodeInto(text, scratch.subarray(start));
  return bytesToHex(hash(scratch.subarray(0, start + written)));
}

function longInput(domain: number, bytes: Uint8Array, text: string): Uint8Array {
  const writer = createByteWriter(1 + bytes.length + text.length);
  writer.bytes(Uint8Array.of(domain));
  writer.bytes(bytes);
  writer.text(text);
  return writer.done();
}

/** Returns the SHA-256 of all parts, one after the other, as hex. The parts are not copied. */
export function digestOfParts(parts: Iterable<Uint8Array>): string {
  const hash = sha256.create();
  for (const part of parts) hash.update(part);
  return bytesToHex(hash.digest());
}

const HEX_CHARACTERS = encoder.encode("0123456789abcdef");
const HEX_CHUNK = 1 << 14;
const decoder = new TextDecoder();

/**
 * Returns the text of `bytesToHex`. For an entry of many megabytes, that function makes a string of
 * one node per byte, each of which takes 32 bytes of memory.
 */
export function manyBytesToHex(bytes: Uint8Array): string {
  const characters = new Uint8Array(2 * Math.min(bytes.length, HEX_CHUNK));
  let text = "";
  for (let start = 0; start < bytes.length; start += HEX_CHUNK) {
    const chunk = bytes.subarray(start, start + HEX_CHUNK);
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      characters[2 * index] = HEX_CHARACTERS[byte >> 4] ?? 0;
      characters[2 * index + 1] = HEX_CHARACTERS[byte & 15] ?? 0;
    }
    text += decoder.decode(characters.subarray(0, 2 * chunk.length));
  }
  return text;
}

export { bytesToHex, hexToBytes };
