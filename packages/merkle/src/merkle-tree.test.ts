import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyRoot, hashChildren, hashLeaf } from "./hash.ts";
import type { Hash } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { referencePath, referenceRoot } from "./testing/reference.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const leaf = (index: number): Uint8Array => new TextEncoder().encode(`leaf ${index}`);
const leaves = (size: number): Uint8Array[] => Array.from({ length: size }, (_, index) => leaf(index));

describe("hashes", () => {
  test("a leaf is SHA-256 of 0x00 and its data", () => {
    expect(hex(hashLeaf(new Uint8Array()))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  });

  test("the empty root is SHA-256 of nothing", () => {
    expect(hex(emptyRoot())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("the roots of the test tree of Certificate Transparency (RFC 6962's reference implementation)", () => {
    const data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const hashes = data.map((text) => hashLeaf(Buffer.from(text, "hex")));
    expect(hex(createMerkleTree(hashes.slice(0, 2)).root())).toBe(
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    );
    expect(hex(createMerkleTree(hashes.slice(0, 7)).root())).toBe(
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    );
    expect(hex(createMerkleTree(hashes).root())).toBe(
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    );
  });
});

test("roots are the RFC's, for every size up to 130 and random ones beyond", () => {
  const compare = (size: number): void => {
    expect(hex(createMerkleTree(leaves(size).map((bytes) => hashLeaf(bytes))).root())).toBe(
      hex(referenceRoot(leaves(size))),
    );
  };
  for (let size = 0; size <= 130; size += 1) compare(size);
  fc.assert(fc.property(fc.integer({ min: 131, max: 5_000 }), compare), { numRuns: 10 });
});

test("inclusion proofs are the RFC's, for every leaf of every size up to 40 and random ones beyond", () => {
  const compare = (size: number, index: number): void => {
    const tree = createMerkleTree(leaves(size).map((bytes) => hashLeaf(bytes)));
    expect(tree.inclusionProof(index).map(hex)).toEqual(referencePath(index, leaves(size)).map(hex));
  };
  for (let size = 1; size <= 40; size += 1) for (let index = 0; index < size; index += 1) compare(size, index);
  fc.assert(
    fc.property(fc.integer({ min: 41, max: 2_000 }), fc.nat(), (size, seed) => compare(size, seed % size)),
    { numRuns: 20 },
  );
});

test("levels go from the leaves to the root", () => {
  const [a, b, c] = leaves(3).map((bytes) => hashLeaf(bytes));
  if (a === undefined || b === undefined || c === undefined) throw new Error("expected three leaves");
  const ab = hashChildren(a, b);
  expect(createMerkleTree([a, b, c]).levels).toEqual([[a, b, c], [ab, c], [hashChildren(ab, c)]]);
  expect(createMerkleTree([]).levels).toEqual([[]]);
});

test("another SHA-256 gives the same tree", () => {
  const native: Hash = (data) => createHash("sha256").update(data).digest();
  let calls = 0;
  const hash: Hash = (data) => {
    calls += 1;
    return native(data);
  };
  const hashes = leaves(37).map((data) => hashLeaf(data, native));
  expect(createMerkleTree(hashes, { hash }).levels.map((level) => level.map(hex))).toEqual(
    createMerkleTree(leaves(37).map((data) => hashLeaf(data))).levels.map((level) => level.map(hex)),
  );
  expect(calls).toBe(36);
});

test("a hundred thousand leaves", () => {
  const tree = createMerkleTree(leaves(100_000).map((bytes) => hashLeaf(bytes)));
  expect(tree.inclusionProof(99_999).length).toBeLessThanOrEqual(17);
});

test.each([[[new Uint8Array(31)]], [[new Uint8Array(33)]], [[new Uint8Array()]]])(
  "refuses a leaf hash that is not 32 bytes",
  (hashes) => {
    expect(() => createMerkleTree(hashes)).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
  },
);

test.each([
  [3, "BAD_INDEX"],
  [-1, "BAD_INDEX"],
  [0.5, "BAD_INDEX"],
  [Number.NaN, "BAD_INDEX"],
  [2 ** 53, "BAD_INDEX"],
])("refuses the index %d", (index, code) => {
  expect(() => createMerkleTree(leaves(3).map((bytes) => hashLeaf(bytes))).inclusionProof(index)).toThrow(
    expect.objectContaining({ code }),
  );
});

test("a tree without leaves has no inclusion proof", () => {
  expect(() => createMerkleTree([]).inclusionProof(0)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
});
