import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { createReference } from "./reference.ts";
import type { Reference } from "./reference.ts";

/** The eight leaves of its test tree, the first of them empty. Its roots are published. */
const OF_CERTIFICATE_TRANSPARENCY = ",00,10,2021,3031,40414243,5051525354555657,606162636465666768696a6b6c6d6e6f";

/** The leaves of every tree in the vectors, which is over the first of them. */
export const leaves: readonly Uint8Array[] = [
  ...OF_CERTIFICATE_TRANSPARENCY.split(",").map((hex) => hexToBytes(hex)),
  ...upTo(129, 8).map((index) => utf8ToBytes(`leaf ${index}`)),
];

/** The reference over them. */
export const reference: Reference = createReference(leaves);

/** The hash of a leaf. Beyond the last one they begin anew: in a tree too large to build, any hash will do. */
export function leafHashAt(index: number): Uint8Array {
  return leafHashOf(leaves[index % leaves.length] ?? new Uint8Array());
}

/** The hash of some leaf data. */
export function leafHashOf(data: Uint8Array): Uint8Array {
  return createReference([data]).root(1);
}

/** The whole numbers from `start` up to `end`. */
export function upTo(end: number, start = 0): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
