export { emptyRoot, hashChildren, hashLeaf } from "./hash.ts";
export { rootFromInclusion, siblingSides, verifyInclusion } from "./inclusion.ts";
export type { Inclusion } from "./inclusion.ts";
export { MerkleError } from "./merkle-error.ts";
export type { MerkleErrorCode } from "./merkle-error.ts";
export { createMerkleTree } from "./merkle-tree.ts";
export type { MerkleTree } from "./merkle-tree.ts";
