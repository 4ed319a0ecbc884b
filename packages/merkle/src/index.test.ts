import { expect, test } from "vitest";
import * as merkle from "./index.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(merkle).toSorted()).toEqual([
    "MerkleError",
    "createMerkleTree",
    "createRootBuilder",
    "emptyRoot",
    "hashChildren",
    "hashLeaf",
    "rootFromInclusion",
    "siblingSides",
    "verifyConsistency",
    "verifyInclusion",
    "verifyMultiproof",
  ]);
});
