import { bytesToHex, hexToBytes } from "./digest.ts";
import { ProofError } from "./proof-error.ts";

const SALT_BYTES = 16;
const SALT = /^[0-9a-f]{32}$/;
/** Asking a generator costs more than the bytes: salts are drawn together. */
const DRAWN_TOGETHER = 256;

/**
 * Creates a source of salts: each call gives 16 fresh random bytes as 32 hex characters. `randomBytes` MUST be a cryptographic generator (the
 * platform's by default): whoever can predict a salt can test guesses against the record. The source throws BAD_ARGUMENT for a generator that
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

/** The bytes of a salt. Throws BAD_ARGUMENT unless it is 32 hex characters: a commitment with less can be guessed. */
export function saltBytes(salt: string): Uint8Array {
  if (SALT.test(salt)) return hexToBytes(salt);
  throw new ProofError("BAD_ARGUMENT", "salt", `expected ${2 * SALT_BYTES} lower-case hex characters`);
}

function draw(randomBytes: (length: number) => Uint8Array): string {
  const bytes = randomBytes(SALT_BYTES * DRAWN_TOGETHER);
  if (bytes.length === SALT_BYTES * DRAWN_TOGETHER) return bytesToHex(bytes);
  throw new ProofError(
    "BAD_ARGUMENT",
    "randomBytes",
    `expected ${SALT_BYTES * DRAWN_TOGETHER} bytes, got ${bytes.length}`,
  );
}

function platformRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
