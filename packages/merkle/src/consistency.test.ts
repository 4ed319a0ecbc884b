import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyConsistency } from "./consistency.ts";
import { hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { codeOf } from "./fixtures/code-of.ts";
import { aroundPowerOfTwo, madeUpProofs } from "./fixtures/large-sizes.ts";
import { mutationsOf } from "./fixtures/mutations.ts";
import { referenceRootsFromProof } from "./fixtures/reference-roots.ts";
import { consistencyVerdict } from "./fixtures/verdicts.ts";

const data = Array.from({ length: 300 }, (_, index) => Uint8Array.of(index, index >> 8));
const tree = createMerkleTree(data.map((bytes) => hashLeaf(bytes)));

function goodConsistency(size1: number, size2: number) {
  return { size1, size2, root1: tree.root(size1), root2: tree.root(size2), proof: tree.consistencyProof(size1, size2) };
}

test("gives every mutation the reference's verdict", () => {
  const anyPair = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat());
  const property = fc.property(anyPair, fc.nat(255), ([size2, seed], bit) => {
    for (const [name, changed] of mutationsOf(goodConsistency(1 + (seed % size2), size2), bit))
      expect(
        codeOf(() => verifyConsistency(changed)),
        name,
      ).toBe(consistencyVerdict(changed));
  });
  fc.assert(property, { numRuns: 200 });
});

test("accepts the reference's proof length alone, for sizes up to the largest safe integer", () => {
  const anySize = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }).chain(aroundPowerOfTwo));
  const property = fc.property(anySize, anySize, (a, b) => {
    const [size1, size2] = [Math.max(1, Math.min(a, b)), Math.max(1, a, b)];
    const wholeRoot = hashLeaf(new Uint8Array());
    for (const proof of madeUpProofs(60)) {
      const roots = referenceRootsFromProof({ size1, size2, proof, wholeRoot });
      const [root1, root2] = roots ?? [wholeRoot, wholeRoot];
      const code = codeOf(() => verifyConsistency({ size1, size2, root1, root2, proof }));
      expect(code).toBe(roots === undefined ? "BAD_PROOF_LENGTH" : null);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

describe("refuses, with a code", () => {
  const good = goodConsistency(5, 9);
  test.each<[string, object, string]>([
    ["size1 = 0", { size1: 0 }, "BAD_SIZE"],
    ["size1 above size2", { size1: 10 }, "BAD_SIZE"],
    ["a size that is not an integer", { size1: 4.5 }, "BAD_SIZE"],
    ["a size that is not a safe integer", { size2: 2 ** 53 }, "BAD_SIZE"],
    ["a size of NaN", { size2: Number.NaN }, "BAD_SIZE"],
    ["a negative size", { size1: -1 }, "BAD_SIZE"],
    ["a size that is a string", { size1: "5" }, "BAD_SIZE"],
    ["a proof that is not an array", { proof: "00" }, "BAD_PROOF_LENGTH"],
    ["a missing proof", { proof: undefined }, "BAD_PROOF_LENGTH"],
    ["a proof of strings", { proof: good.proof.map(String) }, "BAD_HASH"],
    ["a root that is not bytes", { root2: null }, "BAD_HASH"],
    ["equal sizes with a proof", { size1: 9 }, "BAD_PROOF_LENGTH"],
    ["equal sizes with different roots", { size1: 9, proof: [] }, "ROOT_MISMATCH"],
    ["a proof too short", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a proof too long", { proof: [...good.proof, new Uint8Array(32)] }, "BAD_PROOF_LENGTH"],
    ["a short hash", { proof: [new Uint8Array(31), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a short root", { root1: new Uint8Array(31) }, "BAD_HASH"],
    ["a different first root", { root1: new Uint8Array(32) }, "ROOT_MISMATCH"],
    ["a different second root", { root2: new Uint8Array(32) }, "ROOT_MISMATCH"],
  ])("%s", (_, change, code) => {
    expect(() => verifyConsistency({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    [0, 9],
    [10, 9],
    [5, 301],
    [1.5, 9],
    [Number.NaN, 9],
  ])("a proof from %d to %d", (size1, size2) => {
    expect(() => tree.consistencyProof(size1, size2)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
  });

  test.each([-1, 301, 0.5, Number.NaN])("the root of the first %d leaves", (size) => {
    expect(() => tree.root(size)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
  });
});
