import type { Consistency } from "../consistency.ts";
import { referenceRootsFromProof } from "./reference.ts";
import { family, reach } from "./vector-family.ts";
import { reference, upTo } from "./vector-leaves.ts";
import { consistencyVerdict } from "./verdicts.ts";

/** Vectors of `verifyConsistency`. */
export function consistencyVectors(): object[] {
  const ofTree = (size1: number, size2: number): Consistency => {
    const proof = reference.consistency(size1, size2);
    return { size1, size2, root1: reference.root(size1), root2: reference.root(size2), proof };
  };
  const madeUp = (size1: number, size2: number): Consistency => {
    const whole = reference.root(1);
    const { proof, reached } = reach((nodes) => referenceRootsFromProof(size1, size2, nodes, whole));
    const [root1, root2] = reached;
    return { size1, size2, root1, root2, proof };
  };
  return family({
    name: ({ size1, size2 }) => `from ${size1} to ${size2}`,
    verdict: consistencyVerdict,
    ofTrees: [
      ...upTo(8, 1).flatMap((size2) => upTo(size2 + 1, 1).map((size1) => ofTree(size1, size2))),
      ...[17, 64, 65, 127, 129].flatMap((size2) => [8, size2 - 1].map((size1) => ofTree(size1, size2))),
    ],
    madeUp: [madeUp(2 ** 32, 2 ** 32 + 1), madeUp(2 ** 49 + 1, 2 ** 50)],
    mutated: [ofTree(1, 2), ofTree(5, 5), ofTree(4, 7), ofTree(3, 6)],
  });
}
