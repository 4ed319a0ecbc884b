import { bytesToHex, hexToBytes } from "./digest.ts";
import { ProofError } from "../proof-error.ts";

const SALT_BYTES = 16;
/** A salt: 16 bytes as 32 lower-case hex characters. */
export const SALT: RegExp = /^[0-9a-f]{32}$/;
/** Salts are drawn together, because a call of the generator costs more than its bytes. */
const SALTS_PER_DRAW = 256;

/**
 * Creates a source of salts. Each call returns 16 fresh random bytes as 32 hex characters.
 * `randomBytes` MUST be a cryptographic generator; the default is the platform's. If salts can be
 * predicted, guesses can be tested against the commitments. The source throws BAD_ARGUMENT if the
 * generator returns another length than requested.
 */
export function createSalts(randomBytes: (length: number) => Uint8Array = platformRandomBytes): () => string {
  let [drawn, at] = ["", 0];
  return () => {
    if (at === drawn.length) [drawn, at] = [draw(randomBytes), 0];
    at += 2 * SALT_BYTES;
    return drawn.slice(at - 2 * SALT_BYTES, at);
  };
}

/** Returns the bytes of a salt. Throws BAD_ARGUMENT unless it is 32 lower-case hex characters. */
export function saltBytes(salt: string): Uint8Array {
  if (SALT.test(salt)) return hexToBytes(salt);
  throw new ProofError("BAD_ARGUMENT", `expected ${2 * SALT_BYTES} lower-case hex characters`, { place: "salt" });
}

function draw(randomBytes: (length: number) => Uint8Array): string {
  const length = SALT_BYTES * SALTS_PER_DRAW;
  const bytes = randomBytes(length);
  if (bytes.length === length) return bytesToHex(bytes);
  throw new ProofError("BAD_ARGUMENT", `expected ${length} random bytes, got ${bytes.length}`, {
    place: "randomBytes",
  });
}

function platformRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
