import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyConsistency } from "./consistency.ts";
import { hashLeaf } from "./hash.ts";
import { verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import type { MerkleTree } from "./merkle-tree.ts";
import { verifyMultiproof } from "./multiproof.ts";
import { createRootBuilder } from "./root-builder.ts";
import { createReference } from "./fixtures/reference.ts";

const SMALL = 300;
const LARGE = 100_000;
const data = Array.from({ length: LARGE }, (_, index) => new TextEncoder().encode(`leaf ${index}`));
const leafHashes = data.map((leaf) => hashLeaf(leaf));
const reference = createReference(data);
const first = (size: number): Uint8Array[] => leafHashes.slice(0, size);
const upTo = (end: number, start = 0): number[] => Array.from({ length: end - start }, (_, index) => start + index);

/** Compares hashes without `toEqual`, which would take a minute for so many. */
function expectSame(got: readonly Uint8Array[], wanted: readonly Uint8Array[]): void {
  const isSame = got.every((hash, at) => hash.every((byte, index) => byte === wanted[at]?.[index]));
  if (got.length !== wanted.length || !isSame) expect(got).toEqual(wanted);
}

function compareInclusion(tree: MerkleTree, index: number, size: number): void {
  const proof = tree.inclusionProof(index, size);
  expectSame(proof, reference.path(index, size));
  const leafHash = leafHashes[index] ?? new Uint8Array();
  verifyInclusion({ leafHash, index, size, proof, root: reference.root(size) });
}

function compareConsistency(tree: MerkleTree, size1: number, size2: number): void {
  const proof = tree.consistencyProof(size1, size2);
  expectSame(proof, reference.consistency(size1, size2));
  verifyConsistency({ size1, size2, root1: reference.root(size1), root2: reference.root(size2), proof });
}

function compareMultiproof(tree: MerkleTree, indices: readonly number[]): void {
  const proof = tree.multiproof(indices);
  expectSame(proof, reference.multiproof(indices, tree.size));
  const hashes = indices.map((index) => leafHashes[index] ?? new Uint8Array());
  verifyMultiproof({ leafHashes: hashes, indices, size: tree.size, proof, root: reference.root(tree.size) });
}

const ascending = (indices: readonly number[]): number[] => [...new Set(indices)].toSorted((a, b) => a - b);

describe(`equals the reference for every size up to ${SMALL}`, () => {
  const tree = createMerkleTree(first(SMALL));

  test("the root of a tree, of its first leaves, and of a builder", () => {
    const builder = createRootBuilder();
    for (const size of upTo(SMALL + 1)) {
      const roots = [createMerkleTree(first(size)).root(), tree.root(size), builder.root()];
      for (const root of roots) expectSame([root], [reference.root(size)]);
      builder.append(leafHashes[size] ?? new Uint8Array());
    }
  });

  test("the inclusion proof of every leaf, which also verifies", () => {
    for (const size of upTo(SMALL + 1, 1)) {
      const whole = createMerkleTree(first(size));
      for (const index of upTo(size)) expectSame(whole.inclusionProof(index), reference.path(index, size));
      for (const index of upTo(size)) compareInclusion(tree, index, size);
    }
  });

  test("the consistency proof from every smaller size, which also verifies", () => {
    for (const size2 of upTo(SMALL + 1, 1))
      for (const size1 of upTo(size2 + 1, 1)) compareConsistency(tree, size1, size2);
  });

  test("the multiproof of some choices of leaves, which also verifies", () => {
    for (const size of upTo(SMALL + 1, 1)) {
      const whole = createMerkleTree(first(size));
      for (const step of [1, 2, 3, 7, 50]) {
        compareMultiproof(
          whole,
          upTo(size).filter((index) => (size - 1 - index) % step === 0),
        );
      }
    }
  });

  test("the multiproof of every choice of up to 9 leaves, which also verifies", () => {
    for (const size of upTo(10, 1)) {
      const whole = createMerkleTree(first(size));
      for (const choice of upTo(2 ** size, 1)) {
        compareMultiproof(
          whole,
          upTo(size).filter((index) => (choice >> index) % 2 === 1),
        );
      }
    }
  });
});

describe(`equals the reference for random sizes up to ${LARGE}`, () => {
  const tree = createMerkleTree(leafHashes);
  const anySize = fc.integer({ min: 1, max: LARGE });

  test("the root and every kind of proof of a tree", () => {
    const property = fc.property(anySize, fc.array(fc.nat(), { minLength: 1, maxLength: 50 }), (size, seeds) => {
      const whole = createMerkleTree(first(size));
      const indices = ascending(seeds.map((seed) => seed % size));
      expectSame([whole.root()], [reference.root(size)]);
      for (const index of indices) compareInclusion(whole, index, size);
      for (const index of indices) compareConsistency(whole, index + 1, size);
      compareMultiproof(whole, indices);
    });
    fc.assert(property, { numRuns: 25 });
  });

  test("the root and the proofs of the first leaves of a tree", () => {
    const property = fc.property(anySize, fc.nat(), (size, seed) => {
      expectSame([tree.root(size)], [reference.root(size)]);
      compareInclusion(tree, seed % size, size);
      compareConsistency(tree, 1 + (seed % size), size);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("the root of a builder that is stored and continued at random sizes", () => {
    const property = fc.property(fc.uniqueArray(anySize, { minLength: 1, maxLength: 20 }), (sizes) => {
      let builder = createRootBuilder();
      for (const size of ascending(sizes)) {
        for (const leafHash of leafHashes.slice(builder.size, size)) builder.append(leafHash);
        expectSame([builder.root()], [reference.root(size)]);
        builder = createRootBuilder(JSON.parse(JSON.stringify(builder)));
      }
    });
    fc.assert(property, { numRuns: 3 });
  });
});
