import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashLeaf } from "./hash.ts";
import type { Hash } from "./hash.ts";
import { createMerkleTree } from "./merkle-tree.ts";
import { createRootBuilder } from "./root-builder.ts";

const leaves = Array.from({ length: 200 }, (_, index) => hashLeaf(Uint8Array.of(index)));
const tree = createMerkleTree(leaves);

test("continues from a state stored as JSON", () => {
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

test("has at most as many hashes as its size has binary digits", () => {
  const builder = createRootBuilder();
  for (const leaf of leaves) builder.append(leaf);
  expect(builder.toJSON().subtrees.length).toBeLessThanOrEqual(8);
});

test("copies an appended leaf hash, even one of a subclass of Uint8Array", () => {
  /** Like Node's Buffer, it shares its bytes with its slices. */
  class Bytes extends Uint8Array {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(start, end);
    }
  }
  const builder = createRootBuilder();
  const leaf = Bytes.from(leaves[0] ?? new Uint8Array(32));
  builder.append(leaf);
  leaf.fill(0);
  builder.root().fill(0);
  expect(builder.root()).toEqual(tree.root(1));
});

test("a SHA-256 that is passed in hashes every node", () => {
  let calls = 0;
  const hash: Hash = (data) => {
    calls += 1;
    return sha256(data);
  };
  const builder = createRootBuilder(undefined, { hash });
  for (const leaf of leaves.slice(0, 8)) builder.append(leaf);
  expect(builder.root()).toEqual(tree.root(8));
  // One more call checks that the function is SHA-256.
  expect(calls).toBe(7 + 1);
});

const HOLES: string[] = [];
HOLES.length = 1;

describe("refuses", () => {
  test("a leaf hash that is not 32 bytes", () => {
    expect(() => createRootBuilder().append(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "BAD_HASH" }));
  });

  test("a leaf beyond the largest safe size", () => {
    const builder = createRootBuilder({
      size: Number.MAX_SAFE_INTEGER,
      subtrees: Array.from({ length: 53 }, () => hash),
    });
    expect(() => builder.append(new Uint8Array(32))).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
    expect(builder.size).toBe(Number.MAX_SAFE_INTEGER);
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
    { size: 1, subtrees: [hash.slice(1)] },
    { size: 1, subtrees: [null] },
    { size: 1, subtrees: hash },
    { size: 2 ** 53, subtrees: [hash] },
    { size: Number.NaN, subtrees: [] },
    { size: "0", subtrees: [] },
    { size: 0 },
    {},
    [],
    "state",
    null,
    { size: 1, subtrees: HOLES },
  ])("the state %j", (state) => {
    // @ts-expect-error: a store may return this
    expect(() => createRootBuilder(state)).toThrow(expect.objectContaining({ code: "BAD_STATE" }));
  });
});
