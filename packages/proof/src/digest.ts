import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** First byte of what is hashed, so that no hash of one kind can pass for another. 0x00 and 0x01 are the tree's (RFC 9162 §2.1.1). */
export const DOMAIN = { row: 0x02, header: 0x05, entry: 0x06 } as const;

/** SHA-256 over one domain byte and the parts, as 64 lower-case hex characters. */
export function digest(domain: number, ...parts: readonly Uint8Array[]): string {
  const hash = sha256.create().update(Uint8Array.of(domain));
  for (const part of parts) hash.update(part);
  return bytesToHex(hash.digest());
}

export { bytesToHex, hexToBytes };
