import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyRoot, hashLeaf } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { createRootBuilder } from "./root-builder.ts";

const leaves = Array.from({ length: 200 }, (_, index) => hashLeaf(Uint8Array.of(index)));
const tree = createMerkleTree(leaves);

test("the root after each leaf is the tree's", () => {
  const builder = createRootBuilder();
  expect(builder.root()).toEqual(emptyRoot());
  for (const [index, leaf] of leaves.entries()) {
    builder.append(leaf);
    expect(builder.size).toBe(index + 1);
    expect(builder.root()).toEqual(tree.root(index + 1));
  }
});

test("goes on where another left off, through JSON", () => {
  fc.assert(
    fc.property(fc.nat(200), (stop) => {
      const first = createRootBuilder();
      for (const leaf of leaves.slice(0, stop)) first.append(leaf);
      const second = createRootBuilder(JSON.parse(JSON.stringify(first)));
      for (const leaf of leaves.slice(stop)) second.append(leaf);
      expect(second.root()).toEqual(tree.root());
    }),
  );
});

test("holds no more hashes than its size has binary digits", () => {
  const builder = createRootBuilder();
  for (const leaf of leaves) builder.append(leaf);
  expect(builder.toJSON().subtrees.length).toBeLessThanOrEqual(8);
});

test("a leaf given is not kept by reference", () => {
  const builder = createRootBuilder();
  const leaf = (leaves[0] ?? new Uint8Array(32)).slice();
  builder.append(leaf);
  leaf.fill(0);
  expect(builder.root()).toEqual(tree.root(1));
});

describe("refuses", () => {
  test("a leaf hash that is not 32 bytes", () => {
    expect(() => createRootBuilder().append(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
  });

  const hash = "0".repeat(64);
  test.each([
    { size: 1, subtrees: [] },
    { size: 0, subtrees: [hash] },
    { size: 3, subtrees: [hash] },
    { size: -1, subtrees: [] },
    { size: 0.5, subtrees: [] },
    { size: 1, subtrees: [hash.toUpperCase().replace("0", "A")] },
    { size: 1, subtrees: ["00"] },
  ])("the state %j", (state) => {
    expect(() => createRootBuilder(state)).toThrow(expect.objectContaining({ code: "BAD_STATE" }));
  });
});
