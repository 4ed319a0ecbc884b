import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { rootFromInclusion, siblingSides, verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { codeOf } from "./testing/code-of.ts";
import { aroundPowerOfTwo, madeUpProofs } from "./testing/large-sizes.ts";
import { mutationsOf } from "./testing/mutations.ts";
import { referenceRootFromPath } from "./testing/reference.ts";
import { inclusionVerdict } from "./testing/verdicts.ts";

const tree = (size: number): ReturnType<typeof createMerkleTree> =>
  createMerkleTree(Array.from({ length: size }, (_, index) => hashLeaf(Uint8Array.of(index, index >> 8))));

function goodInclusion(size: number, index: number) {
  const { levels, inclusionProof, root } = tree(size);
  return { leafHash: levels[0]?.[index] ?? new Uint8Array(), index, size, proof: inclusionProof(index), root: root() };
}

test("the sides say how many hashes a proof has", () => {
  expect(siblingSides(0, 1)).toEqual([]);
  expect(siblingSides(4, 5)).toEqual(["left"]);
  expect(siblingSides(1, 5)).toEqual(["left", "right", "right"]);
});

test("every mutation is refused unless the reference accepts it too, with the same code", () => {
  const property = fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(255), (size, seed, bit) => {
    for (const [name, changed] of mutationsOf(goodInclusion(size, seed % size), bit))
      expect(
        codeOf(() => verifyInclusion(changed)),
        name,
      ).toBe(inclusionVerdict(changed));
  });
  fc.assert(property, { numRuns: 200 });
});

test("sizes up to the largest safe integer", () => {
  const anySize = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }).chain(aroundPowerOfTwo));
  const property = fc.property(anySize, anySize, (a, b) => {
    const [index, size] = [Math.min(a, b), Math.min(Math.max(a, b) + 1, Number.MAX_SAFE_INTEGER)];
    fc.pre(index < size);
    const leafHash = hashLeaf(new Uint8Array());
    for (const proof of madeUpProofs(60)) {
      const root = referenceRootFromPath(leafHash, index, size, proof);
      const code = codeOf(() => verifyInclusion({ leafHash, index, size, proof, root: root ?? leafHash }));
      expect(code).toBe(root === undefined ? "BAD_PROOF_LENGTH" : null);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

describe("refuses, with a code", () => {
  const good = goodInclusion(7, 2);
  test.each<[string, object, string]>([
    ["another root", { root: new Uint8Array(32) }, "ROOT_MISMATCH"],
    ["a short root", { root: new Uint8Array(31) }, "BAD_HASH"],
    ["a root that is no bytes", { root: "00" }, "BAD_HASH"],
    ["a short leaf hash", { leafHash: new Uint8Array(31) }, "BAD_HASH"],
    ["a long hash in the proof", { proof: [new Uint8Array(33), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a proof too short", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a proof too long", { proof: [...good.proof, good.root] }, "BAD_PROOF_LENGTH"],
    ["an empty proof", { proof: [] }, "BAD_PROOF_LENGTH"],
    ["a proof that is no array", { proof: "0000" }, "BAD_PROOF_LENGTH"],
    ["no proof", { proof: undefined }, "BAD_PROOF_LENGTH"],
    ["a proof of texts", { proof: good.proof.map(String) }, "BAD_HASH"],
    ["a proof with a hole", { proof: Array.from({ length: good.proof.length }) }, "BAD_HASH"],
    ["no leaf hash", { leafHash: undefined }, "BAD_HASH"],
    ["size 0", { size: 0 }, "BAD_SIZE"],
    ["a negative size", { size: -1 }, "BAD_SIZE"],
    ["a size that is no whole number", { size: 7.5 }, "BAD_SIZE"],
    ["a size that is not safe", { size: 2 ** 53 }, "BAD_SIZE"],
    ["NaN leaves", { size: Number.NaN }, "BAD_SIZE"],
    ["an index of the size", { index: 7 }, "BAD_INDEX"],
    ["a negative index", { index: -1 }, "BAD_INDEX"],
    ["an index that is no whole number", { index: 1.5 }, "BAD_INDEX"],
    ["an index that is not safe", { index: 2 ** 53 }, "BAD_INDEX"],
    ["NaN as an index", { index: Number.NaN }, "BAD_INDEX"],
    ["an index that is a text", { index: "2" }, "BAD_INDEX"],
    ["an index without a text", { index: Object.create(null) }, "BAD_INDEX"],
  ])("%s", (_, change, code) => {
    expect(() => verifyInclusion({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

test("a root computed from a proof is given, not judged", () => {
  const good = goodInclusion(5, 4);
  expect(rootFromInclusion({ ...good, leafHash: new Uint8Array(32) })).not.toEqual(good.root);
});
