import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Consistency } from "../consistency.ts";
import type { Inclusion } from "../inclusion.ts";
import type { Multiproof } from "../multiproof.ts";
import { mutationsOf } from "./mutations.ts";
import type { Value } from "./mutations.ts";
import {
  createReference,
  referenceRootFromMultiproof,
  referenceRootFromPath,
  referenceRootsFromProof,
} from "./reference.ts";
import { consistencyVerdict, inclusionVerdict, multiproofVerdict } from "./verdicts.ts";

/** The leaves of its test tree, whose roots are published. */
const OF_CERTIFICATE_TRANSPARENCY = ",00,10,2021,3031,40414243,5051525354555657,606162636465666768696a6b6c6d6e6f".split(
  ",",
);
/** The bit that a mutation flips: in the tenth byte, so that a comparison of prefixes is found out. */
const BIT = 77;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The text of `vectors/rfc9162-sha256.json`, as yet unformatted: made by the reference alone, not by what it tests. */
export function generateVectors(): string {
  const vectors = {
    format: "etrap-merkle-vectors",
    version: 1,
    specification: "RFC 9162, section 2.1, with SHA-256",
    leafHashes: leafData().map((data) => ({ data, leafHash: leafHashOf(data) })),
    leaves,
    roots: [...upTo(18), 31, 32, 33, 63, 64, 65, 127, 128, 129].map((size) => ({ size, root: reference.root(size) })),
    inclusion: inclusionVectors(),
    consistency: consistencyVectors(),
    multiproof: multiproofVectors(),
  };
  return JSON.stringify(vectors, (_, value: unknown) => (value instanceof Uint8Array ? bytesToHex(value) : value));
}

const leaves: readonly Uint8Array[] = [
  ...OF_CERTIFICATE_TRANSPARENCY.map((hex) => hexToBytes(hex)),
  ...upTo(129, 8).map((index) => utf8ToBytes(`leaf ${index}`)),
];
const reference = createReference(leaves);

/** Nothing, what looks like a node, and lengths around the blocks of SHA-256. */
function leafData(): Uint8Array[] {
  const node = concatBytes(Uint8Array.of(1), reference.root(1), reference.root(2));
  return [node, ...[0, 1, 54, 55, 62, 63, 64, 200].map((length) => new Uint8Array(length).fill(0xa5))];
}

function inclusionVectors(): object[] {
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

function consistencyVectors(): object[] {
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

function multiproofVectors(): object[] {
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

interface Family<T> {
  readonly name: (fields: T) => string;
  readonly verdict: (fields: T) => string | null;
  readonly ofTrees: readonly T[];
  readonly madeUp: readonly T[];
  /** Proofs whose every mutation is a vector. */
  readonly mutated: readonly T[];
}

function family<T extends { readonly [K in keyof T]: Value }>({
  name,
  verdict,
  ofTrees,
  madeUp,
  mutated,
}: Family<T>): object[] {
  const mutations = mutated.flatMap((good) =>
    mutationsOf(good, BIT).map(([change, fields]) => ({
      name: `${name(good)}; ${change}`,
      origin: "mutation",
      fields,
    })),
  );
  return [
    ...ofTrees.map((fields) => ({ name: name(fields), origin: "tree", fields })),
    ...madeUp.map((fields) => ({ name: name(fields), origin: "made up", fields })),
    ...mutations,
  ].map(({ fields, ...rest }) => ({ ...rest, ...fields, error: verdict(fields) }));
}

/** A proof of no tree that could be built, as long as it has to be, and where it leads. */
function reach<T>(follow: (proof: readonly Uint8Array[]) => T | undefined): {
  proof: readonly Uint8Array[];
  reached: T;
} {
  for (const length of upTo(leaves.length)) {
    const proof = upTo(length).map(leafHashAt);
    const reached = follow(proof);
    if (reached !== undefined) return { proof, reached };
  }
  throw new Error("expected a proof of at most 128 hashes");
}

function leafHashAt(index: number): Uint8Array {
  return leafHashOf(leaves[index % leaves.length] ?? new Uint8Array());
}

function leafHashOf(data: Uint8Array): Uint8Array {
  return createReference([data]).root(1);
}

/** Every choice of at least one of so many leaves. */
function choices(size: number): number[][] {
  return upTo(2 ** size, 1).map((choice) => upTo(size).filter((index) => (choice >> index) % 2 === 1));
}

function upTo(end: number, start = 0): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
