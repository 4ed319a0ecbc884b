import type { Hash } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** First byte of what is hashed, so that no hash of one kind can pass for another. 0x00 and 0x01 are the tree's (RFC 9162 §2.1.1). */
export const DOMAIN = { row: 0x02, field: 0x03, fields: 0x04, header: 0x05, entry: 0x06 } as const;

/** SHA-256 over one domain byte and the parts, as 64 lower-case hex characters. */
export function digest(domain: number, parts: readonly Uint8Array[], hash: Hash = sha256): string {
  const input = new Uint8Array(parts.reduce((length, part) => length + part.length, 1));
  input[0] = domain;
  let end = 1;
  for (const part of parts) {
    input.set(part, end);
    end += part.length;
  }
  return bytesToHex(hash(input));
}

export { bytesToHex, hexToBytes };
