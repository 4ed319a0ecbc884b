import fc from "fast-check";
import { expect, test } from "vitest";
import { digest } from "../bytes/digest.ts";
import { merkleTree } from "./merkle.ts";

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => digest(Uint8Array.of(i)));

test("every path leads from its leaf to the root, and from no other", () => {
  const climb = (leaf: Uint8Array, path: ReturnType<typeof merkleTree>["paths"][number]): Uint8Array =>
    path.reduce((node, { direction, hash }) => (direction === "Left" ? digest(hash, node) : digest(node, hash)), leaf);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, at) => {
      const leaves = leavesOf(count);
      const { paths, root } = merkleTree(leaves);
      const [leaf, other] = [leaves[at % count], leaves[(at + 1) % count]];
      expect(climb(leaf ?? root, paths[at % count] ?? [])).toEqual(root);
      if (count > 1) expect(climb(other ?? root, paths[at % count] ?? [])).not.toEqual(root);
    }),
  );
});

test("three leaves make the tree of two and one", () => {
  const [a, b, c] = leavesOf(3);
  if (a === undefined || b === undefined || c === undefined) expect.fail();
  expect(merkleTree([a, b, c]).root).toEqual(new Uint8Array(digest(digest(a, b), c)));
});

test("the root of nothing is zero", () => {
  expect(merkleTree([])).toEqual({ root: new Uint8Array(32), paths: [] });
});
