import { expect, test } from "vitest";
import * as merkle from "./index.ts";

test("exports exactly the public names", () => {
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
