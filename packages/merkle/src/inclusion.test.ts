import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { rootFromInclusion, siblingSides, verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { referenceRootFromPath } from "./testing/reference.ts";

const tree = (size: number): ReturnType<typeof createMerkleTree> =>
  createMerkleTree(Array.from({ length: size }, (_, index) => hashLeaf(Uint8Array.of(index, index >> 8))));

interface Good {
  leafHash: Uint8Array;
  index: number;
  size: number;
  proof: Uint8Array[];
  root: Uint8Array;
}

function goodInclusion(size: number, index: number): Good {
  const { levels, inclusionProof, root } = tree(size);
  return { leafHash: levels[0]?.[index] ?? new Uint8Array(), index, size, proof: inclusionProof(index), root: root() };
}

const anyInclusion = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.nat())
  .map(([size, seed]) => goodInclusion(size, seed % size));

test("every leaf of every size up to 100 verifies", () => {
  for (let size = 1; size <= 100; size += 1)
    for (let index = 0; index < size; index += 1) verifyInclusion(goodInclusion(size, index));
});

test("the sides say how many hashes a proof has", () => {
  expect(siblingSides(0, 1)).toEqual([]);
  expect(siblingSides(4, 5)).toEqual(["left"]);
  expect(siblingSides(1, 5)).toEqual(["left", "right", "right"]);
});

test("every mutation is refused unless the reference accepts it too", () => {
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bit: fc.nat(255) }),
    fc.record({
      kind: fc.constantFrom("drop" as const, "repeat" as const, "swap" as const),
      at: fc.nat(),
      bit: fc.constant(0),
    }),
    fc.record({
      kind: fc.constantFrom("index" as const, "size" as const),
      at: fc.constantFrom(0, 1),
      bit: fc.constant(0),
    }),
  );
  fc.assert(
    fc.property(anyInclusion, mutation, (good, { kind, at, bit }) => {
      const bad: Good = { ...good, proof: good.proof.map((hash) => hash.slice()) };
      const place = at % Math.max(1, bad.proof.length);
      if (kind === "flip") {
        const hash = bad.proof[place] ?? (bad.leafHash = bad.leafHash.slice());
        hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      } else if (kind === "drop") bad.proof.splice(place, 1);
      else if (kind === "repeat") bad.proof.splice(place, 0, bad.proof[place] ?? bad.root);
      else if (kind === "swap")
        [bad.proof[place], bad.proof[0]] = [bad.proof[0] ?? bad.root, bad.proof[place] ?? bad.root];
      else if (kind === "index") bad.index += at === 0 ? 1 : -1;
      else bad.size += at === 0 ? 1 : -1;

      const inRange = bad.index >= 0 && bad.index < bad.size;
      const reference = inRange ? referenceRootFromPath(bad.leafHash, bad.index, bad.size, bad.proof) : undefined;
      const isRight = reference !== undefined && Buffer.compare(reference, bad.root) === 0;
      if (isRight) expect(() => verifyInclusion(bad)).not.toThrow();
      else expect(() => verifyInclusion(bad)).toThrow(expect.objectContaining({ name: "MerkleError" }));
    }),
    { numRuns: 3_000 },
  );
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
    ["no proof", { proof: [] }, "BAD_PROOF_LENGTH"],
    ["size 0", { size: 0 }, "BAD_SIZE"],
    ["a negative size", { size: -1 }, "BAD_SIZE"],
    ["a size that is no whole number", { size: 7.5 }, "BAD_SIZE"],
    ["a size that is not safe", { size: 2 ** 53 }, "BAD_SIZE"],
    ["NaN leaves", { size: Number.NaN }, "BAD_SIZE"],
    ["an index of the size", { index: 7 }, "BAD_INDEX"],
    ["a negative index", { index: -1 }, "BAD_INDEX"],
    ["an index that is no whole number", { index: 1.5 }, "BAD_INDEX"],
  ])("%s", (_, change, code) => {
    expect(() => verifyInclusion({ ...good, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

test("a root computed from a proof is given, not judged", () => {
  const good = goodInclusion(5, 4);
  expect(rootFromInclusion({ ...good, leafHash: new Uint8Array(32) })).not.toEqual(good.root);
});
