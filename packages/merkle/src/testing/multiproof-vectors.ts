import type { Multiproof } from "../multiproof.ts";
import { referenceRootFromMultiproof } from "./reference.ts";
import { family, reach } from "./vector-family.ts";
import { leafHashAt, reference, upTo } from "./vector-leaves.ts";
import { multiproofVerdict } from "./verdicts.ts";

/** Vectors of `verifyMultiproof`. */
export function multiproofVectors(): object[] {
  const ofTree = (indices: readonly number[], size: number): Multiproof => {
    const proof = reference.multiproof(indices, size);
    return { leafHashes: indices.map(leafHashAt), indices, size, proof, root: reference.root(size) };
  };
  const madeUp = (indices: readonly number[], size: number): Multiproof => {
    const leafHashes = indices.map(leafHashAt);
    const { proof, reached } = reach((nodes) => referenceRootFromMultiproof(leafHashes, indices, size, nodes));
    return { leafHashes, indices, size, proof, root: reached };
  };
  return family({
    name: ({ indices, size }) => `leaves ${indices.join(", ")} of ${size}`,
    verdict: multiproofVerdict,
    ofTrees: [
      ...upTo(6, 1).flatMap((size) => choices(size).map((indices) => ofTree(indices, size))),
      ofTree([0, 8, 16], 17),
      ofTree(upTo(17), 17),
      ofTree([0, 1, 64, 127, 128], 129),
    ],
    madeUp: [madeUp([0, 2 ** 32], 2 ** 32 + 1)],
    mutated: [ofTree([0], 1), ofTree([1, 4], 5)],
  });
}

/** Every choice of at least one of so many leaves. */
function choices(size: number): number[][] {
  return upTo(2 ** size, 1).map((choice) => upTo(size).filter((index) => (choice >> index) % 2 === 1));
}
