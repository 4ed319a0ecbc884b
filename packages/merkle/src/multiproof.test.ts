import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { verifyMultiproof } from "./multiproof.ts";
import type { Multiproof } from "./multiproof.ts";

const leaf = (index: number): Uint8Array => hashLeaf(Uint8Array.of(index, index >> 8));

function goodMultiproof(size: number, indices: readonly number[]): Multiproof & { proof: Uint8Array[] } {
  const tree = createMerkleTree(Array.from({ length: size }, (_, index) => leaf(index)));
  return { leafHashes: indices.map(leaf), indices, size, proof: tree.multiproof(indices), root: tree.root() };
}

const anyMultiproof = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 40 }))
  .map(([size, seeds]) =>
    goodMultiproof(
      size,
      [...new Set(seeds.map((seed) => seed % size))].toSorted((a, b) => a - b),
    ),
  );

test("every choice of leaves of every size up to 9 verifies", () => {
  for (let size = 1; size <= 9; size += 1) {
    for (let choice = 1; choice < 2 ** size; choice += 1) {
      const indices = Array.from({ length: size }, (_, index) => index).filter((index) => (choice >> index) % 2 === 1);
      expect(() => verifyMultiproof(goodMultiproof(size, indices))).not.toThrow();
    }
  }
});

test("random choices of larger trees verify, and hold no more than the single proofs together", () => {
  fc.assert(
    fc.property(anyMultiproof, (good) => {
      verifyMultiproof(good);
      const tree = createMerkleTree(Array.from({ length: good.size }, (_, index) => leaf(index)));
      const single = good.indices.flatMap((index) => tree.inclusionProof(index));
      expect(good.proof.length).toBeLessThanOrEqual(single.length);
    }),
  );
});

test("one leaf's multiproof is its inclusion proof, all leaves' is empty", () => {
  const tree = createMerkleTree(Array.from({ length: 11 }, (_, index) => leaf(index)));
  for (let index = 0; index < 11; index += 1) expect(tree.multiproof([index])).toEqual(tree.inclusionProof(index));
  expect(tree.multiproof(Array.from({ length: 11 }, (_, index) => index))).toEqual([]);
});

test("a bit flipped anywhere is refused", () => {
  fc.assert(
    fc.property(anyMultiproof, fc.nat(), fc.nat(255), (good, at, bit) => {
      const hashes = [...good.leafHashes, ...good.proof, good.root].map((hash) => hash.slice());
      const hash = hashes[at % hashes.length] ?? new Uint8Array(32);
      hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const leaves = good.leafHashes.length;
      const bad = {
        ...good,
        leafHashes: hashes.slice(0, leaves),
        proof: hashes.slice(leaves, -1),
        root: hashes.at(-1) ?? new Uint8Array(32),
      };
      expect(() => verifyMultiproof(bad)).toThrow(expect.objectContaining({ code: "ROOT_MISMATCH" }));
    }),
  );
});

describe("refuses, with a code", () => {
  const good = goodMultiproof(10, [1, 4, 5]);
  test.each<[string, object, string]>([
    ["no leaf", { leafHashes: [], indices: [], proof: [] }, "BAD_INDEX"],
    ["descending indices", { indices: [4, 1, 5] }, "BAD_INDEX"],
    ["an index twice", { indices: [1, 4, 4] }, "BAD_INDEX"],
    ["an index beyond the tree", { indices: [1, 4, 10] }, "BAD_INDEX"],
    ["a negative index", { indices: [-1, 4, 5] }, "BAD_INDEX"],
    ["other indices", { indices: [0, 4, 5] }, "ROOT_MISMATCH"],
    ["size 0", { size: 0 }, "BAD_SIZE"],
    ["a leaf hash missing", { leafHashes: good.leafHashes.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a node missing", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a node more", { proof: [...good.proof, good.root] }, "BAD_PROOF_LENGTH"],
    ["a short node", { proof: [new Uint8Array(31), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a short leaf hash", { leafHashes: [new Uint8Array(31), ...good.leafHashes.slice(1)] }, "BAD_HASH"],
    ["a short root", { root: new Uint8Array(31) }, "BAD_HASH"],
    ["another root", { root: new Uint8Array(32) }, "ROOT_MISMATCH"],
  ])("%s", (_, change, code) => {
    expect(() => verifyMultiproof({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
