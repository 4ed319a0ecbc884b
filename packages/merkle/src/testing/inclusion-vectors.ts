import type { Inclusion } from "../inclusion.ts";
import { referenceRootFromPath } from "./reference.ts";
import { family, reach } from "./vector-family.ts";
import { leafHashAt, reference, upTo } from "./vector-leaves.ts";
import { inclusionVerdict } from "./verdicts.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Vectors of `verifyInclusion`. */
export function inclusionVectors(): object[] {
  const ofTree = (index: number, size: number): Inclusion & { root: Uint8Array } => {
    const proof = reference.path(index, size);
    return { leafHash: leafHashAt(index), index, size, proof, root: reference.root(size) };
  };
  const madeUp = (index: number, size: number): Inclusion & { root: Uint8Array } => {
    const leafHash = leafHashAt(0);
    const { proof, reached } = reach((path) => referenceRootFromPath(leafHash, index, size, path));
    return { leafHash, index, size, proof, root: reached };
  };
  return family({
    name: ({ index, size }) => `leaf ${index} of ${size}`,
    verdict: inclusionVerdict,
    ofTrees: [
      ...upTo(9, 1).flatMap((size) => upTo(size).map((index) => ofTree(index, size))),
      ...[16, 17, 64, 65, 129].flatMap((size) => [0, size - 2, size - 1].map((index) => ofTree(index, size))),
    ],
    madeUp: [madeUp(2 ** 32, 2 ** 32 + 1), madeUp(LARGEST - 1, LARGEST)],
    mutated: [ofTree(0, 1), ofTree(2, 7)],
  });
}
