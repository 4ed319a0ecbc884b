import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { verifyMultiproof } from "./multiproof.ts";
import { codeOf } from "./fixtures/code-of.ts";
import { aroundPowerOfTwo, madeUpProofs } from "./fixtures/large-sizes.ts";
import { mutationsOf } from "./fixtures/mutations.ts";
import { referenceRootFromMultiproof } from "./fixtures/reference-roots.ts";
import { multiproofVerdict } from "./fixtures/verdicts.ts";

const leaf = (index: number): Uint8Array => hashLeaf(Uint8Array.of(index, index >> 8));

function goodMultiproof(size: number, indices: readonly number[]) {
  const tree = createMerkleTree(Array.from({ length: size }, (_, index) => leaf(index)));
  return { leafHashes: indices.map(leaf), indices, size, proof: tree.multiproof(indices), root: tree.root() };
}

const choose = (seeds: readonly number[], size: number): number[] =>
  [...new Set(seeds.map((seed) => seed % size))].toSorted((a, b) => a - b);

test("has at most as many hashes as the single proofs together", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 200 }),
    fc.array(fc.nat(), { minLength: 1 }),
    (size, seeds) => {
      const tree = createMerkleTree(Array.from({ length: size }, (_, index) => leaf(index)));
      const indices = choose(seeds, size);
      const single = indices.flatMap((index) => tree.inclusionProof(index));
      expect(tree.multiproof(indices).length).toBeLessThanOrEqual(single.length);
    },
  );
  fc.assert(property);
});

test("is the inclusion proof for one leaf, and empty for all leaves", () => {
  const tree = createMerkleTree(Array.from({ length: 11 }, (_, index) => leaf(index)));
  for (let index = 0; index < 11; index += 1) expect(tree.multiproof([index])).toEqual(tree.inclusionProof(index));
  expect(tree.multiproof(Array.from({ length: 11 }, (_, index) => index))).toEqual([]);
});

test("gives every mutation the reference's verdict", () => {
  const size = fc.integer({ min: 1, max: 60 });
  const property = fc.property(
    size,
    fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    fc.nat(255),
    (size, seeds, bit) => {
      for (const [name, changed] of mutationsOf(goodMultiproof(size, choose(seeds, size)), bit))
        expect(
          codeOf(() => verifyMultiproof(changed)),
          name,
        ).toBe(multiproofVerdict(changed));
    },
  );
  fc.assert(property, { numRuns: 100 });
});

test("accepts the reference's proof length alone, for sizes up to the largest safe integer", () => {
  const anySize = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }).chain(aroundPowerOfTwo));
  const property = fc.property(anySize, fc.array(anySize, { minLength: 1, maxLength: 3 }), (a, seeds) => {
    const size = Math.max(1, a);
    const indices = choose(seeds, size);
    const leafHashes = indices.map(() => leaf(0));
    let accepted = 0;
    for (const proof of madeUpProofs(3 * 53)) {
      const root = referenceRootFromMultiproof({ leafHashes, indices, size, proof });
      const code = codeOf(() => verifyMultiproof({ leafHashes, indices, size, proof, root: root ?? leaf(0) }));
      expect(code).toBe(root === undefined ? "BAD_PROOF_LENGTH" : null);
      accepted += code === null ? 1 : 0;
    }
    expect(accepted).toBe(1);
  });
  fc.assert(property, { numRuns: 30 });
});

describe("refuses, with a code", () => {
  const good = goodMultiproof(10, [1, 4, 5]);
  test.each<[string, object, string]>([
    ["no leaves", { leafHashes: [], indices: [], proof: [] }, "BAD_INDEX"],
    ["descending indices", { indices: [4, 1, 5] }, "BAD_INDEX"],
    ["a repeated index", { indices: [1, 4, 4] }, "BAD_INDEX"],
    ["an index beyond the tree", { indices: [1, 4, 10] }, "BAD_INDEX"],
    ["a negative index", { indices: [-1, 4, 5] }, "BAD_INDEX"],
    ["different indices", { indices: [0, 4, 5] }, "ROOT_MISMATCH"],
    ["an index that is not an integer", { indices: [1, 4, 4.5] }, "BAD_INDEX"],
    ["an index that is not a safe integer", { indices: [1, 4, 2 ** 53] }, "BAD_INDEX"],
    ["an index of NaN", { indices: [1, 4, Number.NaN] }, "BAD_INDEX"],
    ["indices that are not an array", { indices: "145" }, "BAD_INDEX"],
    ["missing indices", { indices: undefined }, "BAD_INDEX"],
    ["size 0", { size: 0 }, "BAD_SIZE"],
    ["a negative size", { size: -1 }, "BAD_SIZE"],
    ["a size that is not an integer", { size: 10.5 }, "BAD_SIZE"],
    ["a size that is not a safe integer", { size: 2 ** 53 }, "BAD_SIZE"],
    ["a size of NaN", { size: Number.NaN }, "BAD_SIZE"],
    ["leaf hashes that are not an array", { leafHashes: "000" }, "BAD_PROOF_LENGTH"],
    ["a proof that is not an array", { proof: undefined }, "BAD_PROOF_LENGTH"],
    ["a proof of strings", { proof: good.proof.map(String) }, "BAD_HASH"],
    ["a leaf hash that is not bytes", { leafHashes: ["", "", ""] }, "BAD_HASH"],
    ["a leaf hash too few", { leafHashes: good.leafHashes.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a node too few", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a node too many", { proof: [...good.proof, good.root] }, "BAD_PROOF_LENGTH"],
    ["a short node", { proof: [new Uint8Array(31), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a short leaf hash", { leafHashes: [new Uint8Array(31), ...good.leafHashes.slice(1)] }, "BAD_HASH"],
    ["a short root", { root: new Uint8Array(31) }, "BAD_HASH"],
    ["a different root", { root: new Uint8Array(32) }, "ROOT_MISMATCH"],
  ])("%s", (_, change, code) => {
    expect(() => verifyMultiproof({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

describe("a tree refuses, with a code,", () => {
  const tree = createMerkleTree([0, 1, 2].map(leaf));
  test.each([[[]], [[1, 0]], [[1, 1]], [[3]], [[-1]], [[0.5]], [[Number.NaN]], [[2 ** 53]]])(
    "the indices %j",
    (indices) => {
      expect(codeOf(() => tree.multiproof(indices))).toBe("BAD_INDEX");
    },
  );

  test("any index, without leaves", () => {
    expect(codeOf(() => createMerkleTree([]).multiproof([0]))).toBe("BAD_SIZE");
  });
});
