import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyConsistency } from "./consistency.ts";
import { hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { referenceConsistency, referenceRoot, referenceRootsFromProof } from "./testing/reference.ts";

const data = Array.from({ length: 300 }, (_, index) => Uint8Array.of(index, index >> 8));
const tree = createMerkleTree(data.map((bytes) => hashLeaf(bytes)));

function goodConsistency(
  size1: number,
  size2: number,
): Parameters<typeof verifyConsistency>[0] & { proof: Uint8Array[] } {
  return { size1, size2, root1: tree.root(size1), root2: tree.root(size2), proof: tree.consistencyProof(size1, size2) };
}

test("the root of every size is the reference's", () => {
  for (let size = 0; size <= 300; size += 1) expect(tree.root(size)).toEqual(referenceRoot(data.slice(0, size)));
});

test("proofs are the reference's and verify, for every pair of sizes up to 70 and random ones beyond", () => {
  const compare = (size1: number, size2: number): void => {
    const good = goodConsistency(size1, size2);
    expect(good.proof).toEqual(referenceConsistency(size1, data.slice(0, size2)));
    expect(() => verifyConsistency(good)).not.toThrow();
  };
  for (let size2 = 1; size2 <= 70; size2 += 1) for (let size1 = 1; size1 <= size2; size1 += 1) compare(size1, size2);
  fc.assert(
    fc.property(fc.integer({ min: 71, max: 300 }), fc.nat(), (size2, seed) => compare(1 + (seed % size2), size2)),
    { numRuns: 50 },
  );
});

test("a proof of a smaller tree's leaf is the one that tree would give", () => {
  for (const size of [1, 2, 3, 7, 64, 100]) {
    const small = createMerkleTree(data.slice(0, size).map((bytes) => hashLeaf(bytes)));
    for (let index = 0; index < size; index += 1)
      expect(tree.inclusionProof(index, size)).toEqual(small.inclusionProof(index));
  }
});

test("every mutation is refused unless the reference accepts it too", () => {
  const pair = fc
    .tuple(fc.integer({ min: 1, max: 300 }), fc.nat())
    .map(([size2, seed]) => goodConsistency(1 + (seed % size2), size2));
  const mutation = fc.constantFrom("flip", "drop", "add", "root1", "root2", "size1+", "size1-", "size2+", "size2-");
  fc.assert(
    fc.property(pair, mutation, fc.nat(), (good, kind, at) => {
      const bad = { ...good, proof: good.proof.map((hash) => hash.slice()) };
      const flip = (hash: Uint8Array | undefined): void => {
        if (hash !== undefined) hash[at % 32] = (hash[at % 32] ?? 0) ^ (1 << (at % 8));
      };
      const place = at % Math.max(1, bad.proof.length);
      if (kind === "flip") flip(bad.proof[place] ?? bad.root1);
      else if (kind === "drop") bad.proof.splice(place, 1);
      else if (kind === "add") bad.proof.splice(place, 0, new Uint8Array(32));
      else if (kind === "root1") flip(bad.root1);
      else if (kind === "root2") flip(bad.root2);
      else if (kind === "size1+") bad.size1 += 1;
      else if (kind === "size1-") bad.size1 -= 1;
      else if (kind === "size2+") bad.size2 += 1;
      else bad.size2 -= 1;
      expect(isAccepted(bad)).toBe(referenceAccepts(bad));
    }),
    { numRuns: 2_000 },
  );
});

function referenceAccepts({ size1, size2, root1, root2, proof }: Parameters<typeof verifyConsistency>[0]): boolean {
  if (size1 < 1 || size1 > size2) return false;
  const [first, second] = referenceRootsFromProof(size1, size2, proof, root1) ?? [];
  return (
    Buffer.compare(first ?? new Uint8Array(), root1) === 0 && Buffer.compare(second ?? new Uint8Array(), root2) === 0
  );
}

function isAccepted(consistency: Parameters<typeof verifyConsistency>[0]): boolean {
  try {
    verifyConsistency(consistency);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: "MerkleError" });
    return false;
  }
}

describe("refuses, with a code", () => {
  const good = goodConsistency(5, 9);
  test.each<[string, object, string]>([
    ["size1 = 0", { size1: 0 }, "BAD_SIZE"],
    ["size1 above size2", { size1: 10 }, "BAD_SIZE"],
    ["a size that is no whole number", { size1: 4.5 }, "BAD_SIZE"],
    ["a size that is not safe", { size2: 2 ** 53 }, "BAD_SIZE"],
    ["NaN", { size2: Number.NaN }, "BAD_SIZE"],
    ["equal sizes with a proof", { size1: 9 }, "BAD_PROOF_LENGTH"],
    ["equal sizes with two roots", { size1: 9, proof: [] }, "ROOT_MISMATCH"],
    ["a proof too short", { proof: good.proof.slice(1) }, "BAD_PROOF_LENGTH"],
    ["a proof too long", { proof: [...good.proof, new Uint8Array(32)] }, "BAD_PROOF_LENGTH"],
    ["a short hash", { proof: [new Uint8Array(31), ...good.proof.slice(1)] }, "BAD_HASH"],
    ["a short root", { root1: new Uint8Array(31) }, "BAD_HASH"],
    ["another first root", { root1: new Uint8Array(32) }, "ROOT_MISMATCH"],
    ["another second root", { root2: new Uint8Array(32) }, "ROOT_MISMATCH"],
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
