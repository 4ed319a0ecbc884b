import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { rootFromInclusion, siblingSides, verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { codeOf } from "./fixtures/code-of.ts";
import { aroundPowerOfTwo, madeUpProofs } from "./fixtures/large-sizes.ts";
import { mutationsOf } from "./fixtures/mutations.ts";
import { referenceRootFromPath } from "./fixtures/reference-roots.ts";
import { inclusionVerdict } from "./fixtures/verdicts.ts";

const tree = (size: number): ReturnType<typeof createMerkleTree> =>
  createMerkleTree(Array.from({ length: size }, (_, index) => hashLeaf(Uint8Array.of(index, index >> 8))));

function goodInclusion(size: number, index: number) {
  const { levels, inclusionProof, root } = tree(size);
  return { leafHash: levels[0]?.[index] ?? new Uint8Array(), index, size, proof: inclusionProof(index), root: root() };
}

test("siblingSides has one side for each hash of a proof", () => {
  expect(siblingSides(0, 1)).toEqual([]);
  expect(siblingSides(4, 5)).toEqual(["left"]);
  expect(siblingSides(1, 5)).toEqual(["left", "right", "right"]);
});

test("gives every mutation the reference's verdict", () => {
  const property = fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(255), (size, seed, bit) => {
    for (const [name, changed] of mutationsOf(goodInclusion(size, seed % size), bit))
      expect(
        codeOf(() => verifyInclusion(changed)),
        name,
      ).toBe(inclusionVerdict(changed));
  });
  fc.assert(property, { numRuns: 200 });
});

test("accepts the reference's proof length alone, for sizes up to the largest safe integer", () => {
  const anySize = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }).chain(aroundPowerOfTwo));
  const property = fc.property(anySize, anySize, (a, b) => {
    const [index, size] = [Math.min(a, b), Math.min(Math.max(a, b) + 1, Number.MAX_SAFE_INTEGER)];
    fc.pre(index < size);
    const leafHash = hashLeaf(new Uint8Array());
    for (const proof of madeUpProofs(60)) {
      const root = referenceRootFromPath({ leafHash, index, size, proof });
      const code = codeOf(() => verifyInclusion({ leafHash, index, size, proof, root: root ?? leafHash }));
      expect(code).toBe(root === undefined ? "BAD_PROOF_LENGTH" : null);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

describe("refuses, with a code", () => {
  const good = goodInclusion(7, 2);
  test.each<[string, object, string]>([
    ["a different root", { root: new Uint8Array(32) }, "ROOT_MISMATCH"],
    ["a short root", { root: new Uint8Array(31) }, "BAD_HASH"],
    ["a root that is not bytes", { root: "00" }, "BAD_HASH"],
    ["a short leaf hash", { leafHash: new Uint8Array(31) }, "BAD_HASH"],
    ["a long hash in the proof", { proof: [new Uint8Array(33), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a proof too short", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a proof too long", { proof: [...good.proof, good.root] }, "BAD_PROOF_LENGTH"],
    ["an empty proof", { proof: [] }, "BAD_PROOF_LENGTH"],
    ["a proof that is not an array", { proof: "0000" }, "BAD_PROOF_LENGTH"],
    ["a missing proof", { proof: undefined }, "BAD_PROOF_LENGTH"],
    ["a proof of strings", { proof: good.proof.map(String) }, "BAD_HASH"],
    ["a proof with a hole", { proof: Array.from({ length: good.proof.length }) }, "BAD_HASH"],
    ["a missing leaf hash", { leafHash: undefined }, "BAD_HASH"],
    ["size 0", { size: 0 }, "BAD_SIZE"],
    ["a negative size", { size: -1 }, "BAD_SIZE"],
    ["a size that is not an integer", { size: 7.5 }, "BAD_SIZE"],
    ["a size that is not a safe integer", { size: 2 ** 53 }, "BAD_SIZE"],
    ["a size of NaN", { size: Number.NaN }, "BAD_SIZE"],
    ["an index equal to the size", { index: 7 }, "BAD_INDEX"],
    ["a negative index", { index: -1 }, "BAD_INDEX"],
    ["an index that is not an integer", { index: 1.5 }, "BAD_INDEX"],
    ["an index that is not a safe integer", { index: 2 ** 53 }, "BAD_INDEX"],
    ["an index of NaN", { index: Number.NaN }, "BAD_INDEX"],
    ["an index that is a string", { index: "2" }, "BAD_INDEX"],
    ["an index without a string form", { index: Object.create(null) }, "BAD_INDEX"],
  ])("%s", (_, change, code) => {
    expect(() => verifyInclusion({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

test("rootFromInclusion returns a root without comparing it", () => {
  const good = goodInclusion(5, 4);
  expect(rootFromInclusion({ ...good, leafHash: new Uint8Array(32) })).not.toEqual(good.root);
});
