import { baseDecode, baseEncode } from "near-api-js";
import { createHash } from "node:crypto";

/** Returns the SHA-256 of `parts` put behind one another. */
export function digest(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** Returns the SHA-256 of `parts` put behind one another, in base58. */
export function digestText(...parts: readonly Uint8Array[]): string {
  return baseEncode(digest(...parts));
}

/** Returns the 32 bytes of a digest that `digestText` wrote. */
export function digestBytes(text: string): Uint8Array {
  return baseDecode(text);
}
