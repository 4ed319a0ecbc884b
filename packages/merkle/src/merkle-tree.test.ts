import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { emptyRoot, hashChildren, hashLeaf } from "./hash.ts";
import type { Hash } from "./hash.ts";
import { verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { createRootBuilder } from "./root-builder.ts";

const leaf = (index: number): Uint8Array => new TextEncoder().encode(`leaf ${index}`);
const leaves = (size: number): Uint8Array[] => Array.from({ length: size }, (_, index) => leaf(index));

describe("hashes", () => {
  test("a leaf is SHA-256 of 0x00 and its data", () => {
    expect(bytesToHex(hashLeaf(new Uint8Array()))).toBe(
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
  });

  test("the empty root is SHA-256 of nothing", () => {
    expect(bytesToHex(emptyRoot())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("the roots of the test tree of Certificate Transparency (RFC 6962's reference implementation)", () => {
    const data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const hashes = data.map((text) => hashLeaf(hexToBytes(text)));
    expect(bytesToHex(createMerkleTree(hashes.slice(0, 2)).root())).toBe(
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    );
    expect(bytesToHex(createMerkleTree(hashes.slice(0, 7)).root())).toBe(
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    );
    expect(bytesToHex(createMerkleTree(hashes).root())).toBe(
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    );
  });
});

test.each<unknown>(["leaf", [1, 2], new ArrayBuffer(2), 2, null, undefined])("refuses to hash the leaf %s", (data) => {
  // @ts-expect-error: a caller without types can pass this
  expect(() => hashLeaf(data)).toThrow(expect.objectContaining({ code: "BAD_LEAF" }));
});

test.each<unknown>([new Uint8Array(31), new Uint8Array(33), "0".repeat(32), null])(
  "refuses to hash the child %s",
  (child) => {
    const good = new Uint8Array(32);
    // @ts-expect-error: a caller without types can pass this
    expect(() => hashChildren(child, good)).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
    // @ts-expect-error: a caller without types can pass this
    expect(() => hashChildren(good, child)).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
  },
);

test("levels go from the leaves to the root", () => {
  const [a, b, c] = leaves(3).map((bytes) => hashLeaf(bytes));
  if (a === undefined || b === undefined || c === undefined) throw new Error("expected three leaves");
  const ab = hashChildren(a, b);
  expect(createMerkleTree([a, b, c]).levels).toEqual([[a, b, c], [ab, c], [hashChildren(ab, c)]]);
  expect(createMerkleTree([]).levels).toEqual([[]]);
});

test("a SHA-256 that is passed in hashes every leaf and node, and gives the same tree", () => {
  let calls = 0;
  const hash: Hash = (data) => {
    calls += 1;
    return sha256(data);
  };
  const hashes = leaves(37).map((data) => hashLeaf(data, hash));
  expect(createMerkleTree(hashes, { hash }).levels).toEqual(createMerkleTree(hashes).levels);
  // One more call checks that the function is SHA-256.
  expect(calls).toBe(37 + 36 + 1);
});

test("returns a copy of the root, even if the leaf hash is of a subclass of Uint8Array", () => {
  const [only] = leaves(1).map((data) => Bytes.from(hashLeaf(data)));
  if (only === undefined) throw new Error("expected a leaf");
  const tree = createMerkleTree([only]);
  tree.root().fill(0);
  expect(tree.root()).toEqual(hashLeaf(leaf(0)));
});

test("writing into a returned proof does not change the tree", () => {
  const hashes = leaves(5).map((data) => hashLeaf(data));
  const tree = createMerkleTree(hashes);
  const root = tree.root();
  const proofs = [tree.inclusionProof(1), tree.inclusionProof(0, 3), tree.consistencyProof(2), tree.multiproof([1])];
  for (const hash of proofs.flat()) hash.fill(0);
  expect(tree.root()).toEqual(root);
  for (const [index, leafHash] of hashes.entries()) {
    verifyInclusion({ leafHash, index, size: 5, proof: tree.inclusionProof(index), root });
  }
});

test.each<[string, unknown]>([
  ["another function", () => new Uint8Array(32)],
  ["a function that returns a promise", async () => Promise.resolve(new Uint8Array(32))],
  ["a hash that is too short", () => new Uint8Array(31)],
])("refuses a hash function that is not SHA-256: %s", (_, hash) => {
  // @ts-expect-error: a caller without types can pass this
  expect(() => createMerkleTree([], { hash })).toThrow(expect.objectContaining({ code: "NOT_SHA256" }));
  // @ts-expect-error: a caller without types can pass this
  expect(() => createRootBuilder(undefined, { hash })).toThrow(expect.objectContaining({ code: "NOT_SHA256" }));
});

/** Like Node's Buffer, it shares its bytes with its slices. */
class Bytes extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end);
  }
}

test.each<[string, unknown]>([
  ["31 bytes", [new Uint8Array(31)]],
  ["33 bytes", [new Uint8Array(33)]],
  ["0 bytes", [new Uint8Array()]],
  ["a string", ["0".repeat(32)]],
  ["32 numbers", [Array.from({ length: 32 }, () => 0)]],
  ["undefined", [undefined]],
  ["not an array", "0"],
  ["missing", undefined],
])("refuses leaf hashes that are %s", (_, hashes) => {
  // @ts-expect-error: a caller without types can pass this
  expect(() => createMerkleTree(hashes)).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
});

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

test.each([0, -1, 4, 2.5, Number.NaN, 2 ** 53])(
  "refuses an inclusion proof among the first %d of three leaves",
  (size) => {
    const tree = createMerkleTree(leaves(3).map((bytes) => hashLeaf(bytes)));
    expect(() => tree.inclusionProof(0, size)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
  },
);

test("a tree without leaves has no inclusion proof", () => {
  expect(() => createMerkleTree([]).inclusionProof(0)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
});
