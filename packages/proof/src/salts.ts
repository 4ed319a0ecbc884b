import { bytesToHex } from "./digest.ts";

const SALT_BYTES = 16;
/** Asking a generator costs more than the bytes: salts are drawn together. */
const DRAWN_TOGETHER = 256;

/**
 * Creates a source of salts: each call gives 16 fresh random bytes as 32 hex characters. `randomBytes` MUST be a cryptographic generator (the
 * platform's by default): whoever can predict a salt can test guesses against the record. The source throws RangeError for a generator that
 * gives another length than it was asked for.
 */
export function createSalts(randomBytes: (length: number) => Uint8Array = platformRandomBytes): () => string {
  let [drawn, at] = ["", 0];
  return () => {
    if (at === drawn.length) [drawn, at] = [draw(randomBytes), 0];
    at += 2 * SALT_BYTES;
    return drawn.slice(at - 2 * SALT_BYTES, at);
  };
}

function draw(randomBytes: (length: number) => Uint8Array): string {
  const bytes = randomBytes(SALT_BYTES * DRAWN_TOGETHER);
  if (bytes.length === SALT_BYTES * DRAWN_TOGETHER) return bytesToHex(bytes);
  throw new RangeError(`expected ${SALT_BYTES * DRAWN_TOGETHER} random bytes, got ${bytes.length}`);
}

function platformRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
