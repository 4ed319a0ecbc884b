import fc from "fast-check";
import { hashLeaf } from "../hash.ts";

/** A power of two, one less, or one more, as long as it is a safe integer. */
export const aroundPowerOfTwo = (exponent: number): fc.Arbitrary<number> =>
  fc.constantFrom(2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1);

/** A proof of each length that a tree can ask for, and some more. */
export const madeUpProofs: readonly (readonly Uint8Array[])[] = Array.from({ length: 60 }, (_, length) =>
  Array.from({ length }, (_, index) => hashLeaf(Uint8Array.of(index))),
);
