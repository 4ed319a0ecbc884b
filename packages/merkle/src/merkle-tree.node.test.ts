import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";

test("Node's SHA-256, used as in the README, builds the same tree", () => {
  const sha256InNode = (data: Uint8Array): Uint8Array => {
    const text = hash("sha256", data, "binary");
    const bytes = new Uint8Array(32);
    for (let index = 0; index < 32; index += 1) bytes[index] = text.charCodeAt(index);
    return bytes;
  };
  const leaves = Array.from({ length: 1_000 }, (_, index) => Uint8Array.of(index, index >> 8));
  const inNode = leaves.map((leaf) => hashLeaf(leaf, sha256InNode));
  const anywhere = leaves.map((leaf) => hashLeaf(leaf));
  expect(createMerkleTree(inNode, { hash: sha256InNode }).levels).toEqual(createMerkleTree(anywhere).levels);
});
