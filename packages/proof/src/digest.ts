import type { Hash } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** First byte of what is hashed, so that no hash of one kind can pass for another. 0x00 and 0x01 are the tree's (RFC 9162 §2.1.1). */
export const DOMAIN = { row: 0x02, field: 0x03, fields: 0x04, header: 0x05, entry: 0x06 } as const;

const encoder = new TextEncoder();

/** What is hashed is put together here where it fits: for each of many small values, new bytes would cost as much as their hash. */
const scratch = new Uint8Array(1 << 14);

/** SHA-256 over one domain byte, the bytes and the text in UTF-8, as 64 lower-case hex characters. */
export function digest(domain: number, bytes: Uint8Array, text: string, hash: Hash = sha256): string {
  const start = 1 + bytes.length;
  // A UTF-16 unit is at most three bytes of UTF-8.
  const most = start + 3 * text.length;
  const input = most <= scratch.length ? scratch : new Uint8Array(most);
  input[0] = domain;
  input.set(bytes, 1);
  const { written } = encoder.encodeInto(text, input.subarray(start));
  return bytesToHex(hash(input.subarray(0, start + written)));
}

export { bytesToHex, hexToBytes };
