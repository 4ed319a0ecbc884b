import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import vectors from "../vectors/rfc9162-sha256.json" with { type: "json" };
import { verifyConsistency } from "./consistency.ts";
import { hashLeaf } from "./hash.ts";
import { verifyInclusion } from "./inclusion.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { verifyMultiproof } from "./multiproof.ts";
import { createRootBuilder } from "./root-builder.ts";
import { codeOf } from "./fixtures/code-of.ts";
import { generateVectors } from "./fixtures/generate-vectors.ts";

const leafHashes = vectors.leaves.map((data) => hashLeaf(hexToBytes(data)));
const tree = createMerkleTree(leafHashes);
const treeOf = (size: number): typeof tree => createMerkleTree(leafHashes.slice(0, size));
const bytes = (hashes: readonly string[]): Uint8Array[] => hashes.map((hash) => hexToBytes(hash));
const texts = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => bytesToHex(hash));

test("the file holds the generator's vectors", () => {
  expect(vectors).toEqual(JSON.parse(generateVectors()));
});

test("the file has a vector for every code of every verification", () => {
  const families = [vectors.inclusion, vectors.consistency, vectors.multiproof];
  const codes = ["BAD_HASH", "BAD_PROOF_LENGTH", "BAD_SIZE", "ROOT_MISMATCH", null];
  for (const family of families) expect(family.map(({ error }) => error)).toEqual(expect.arrayContaining(codes));
});

test.each(vectors.leafHashes)("the hash of the leaf $data", ({ data, leafHash }) => {
  expect(bytesToHex(hashLeaf(hexToBytes(data)))).toBe(leafHash);
});

test.each(vectors.roots)("the root of $size leaves", ({ size, root }) => {
  const builder = createRootBuilder();
  for (const leafHash of leafHashes.slice(0, size)) builder.append(leafHash);
  expect(texts([treeOf(size).root(), tree.root(size), builder.root()])).toEqual([root, root, root]);
});

describe("inclusion", () => {
  test.each(vectors.inclusion)("$name: $error", ({ origin, leafHash, index, size, proof, root, error }) => {
    const inclusion = { leafHash: hexToBytes(leafHash), index, size, proof: bytes(proof), root: hexToBytes(root) };
    expect(codeOf(() => verifyInclusion(inclusion))).toBe(error);
    if (origin === "tree") expect(texts(tree.inclusionProof(index, size))).toEqual(proof);
  });
});

describe("consistency", () => {
  test.each(vectors.consistency)("$name: $error", ({ origin, size1, size2, root1, root2, proof, error }) => {
    const roots = { root1: hexToBytes(root1), root2: hexToBytes(root2) };
    expect(codeOf(() => verifyConsistency({ size1, size2, ...roots, proof: bytes(proof) }))).toBe(error);
    if (origin === "tree") expect(texts(tree.consistencyProof(size1, size2))).toEqual(proof);
  });
});

describe("multiproof", () => {
  test.each(vectors.multiproof)(
    "$name: $error",
    ({ origin, leafHashes: hashes, indices, size, proof, root, error }) => {
      const multiproof = { leafHashes: bytes(hashes), indices, size, proof: bytes(proof), root: hexToBytes(root) };
      expect(codeOf(() => verifyMultiproof(multiproof))).toBe(error);
      if (origin === "tree") expect(texts(treeOf(size).multiproof(indices))).toEqual(proof);
    },
  );
});
