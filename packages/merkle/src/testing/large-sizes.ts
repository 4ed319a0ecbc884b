import fc from "fast-check";
import { hashLeaf } from "../hash.ts";

/** A power of two, one less, or one more, as long as it is a safe integer. */
export const aroundPowerOfTwo = (exponent: number): fc.Arbitrary<number> =>
  fc.constantFrom(2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1);

/** Proofs of each length up to this one: a tree of 2⁵³ leaves asks for 53 hashes for each leaf. */
export function madeUpProofs(most: number): readonly (readonly Uint8Array[])[] {
  const hashes = Array.from({ length: most }, (_, index) => hashLeaf(Uint8Array.of(index)));
  return Array.from({ length: most + 1 }, (_, length) => hashes.slice(0, length));
}
