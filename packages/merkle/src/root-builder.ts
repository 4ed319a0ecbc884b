import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { checkHashes, checkSizes } from "./arguments.ts";
import { createNodeHasher, emptyRoot } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";
import type { MerkleTreeOptions } from "./merkle-tree.ts";

/** What a root builder needs to go on later: safe to store as JSON. */
export interface RootBuilderState {
  readonly size: number;
  /** Roots of the complete subtrees, largest first, as hex: one for each 1 in the binary digits of `size`. */
  readonly subtrees: readonly string[];
}

/** Computes a root over leaves that come one by one, in O(log n) memory. */
export interface RootBuilder {
  /** Number of leaves so far. */
  readonly size: number;
  /** Adds a leaf. Throws BAD_HASH, or BAD_SIZE where the size would no longer be a safe integer. */
  append(leafHash: Uint8Array): void;
  /** The root so far, 32 bytes. */
  root(): Uint8Array;
  toJSON(): RootBuilderState;
}

/** Creates a builder, empty or where another left off. Throws BAD_STATE for a state that no builder has, NOT_SHA256 for another `hash`. */
export function createRootBuilder(
  state: RootBuilderState = { size: 0, subtrees: [] },
  { hash }: MerkleTreeOptions = {},
): RootBuilder {
  checkState(state);
  const hashNode = createNodeHasher(hash);
  let { size } = state;
  const subtrees: Uint8Array[] = state.subtrees.map(hexToBytes);

  return {
    get size() {
      return size;
    },
    append(leafHash) {
      checkHashes("leafHash", [leafHash]);
      checkSizes(1, size + 1, Number.MAX_SAFE_INTEGER);
      let node: Uint8Array = new Uint8Array(leafHash);
      // Each 1 at the end of the size is a complete subtree as large as the one that has just been completed.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = subtrees.pop();
        if (left !== undefined) node = hashNode(left, node);
      }
      subtrees.push(node);
      size += 1;
    },
    root() {
      const [smallest, ...larger] = subtrees.toReversed();
      return smallest === undefined
        ? emptyRoot()
        : new Uint8Array(larger.reduce((right, left) => hashNode(left, right), smallest));
    },
    toJSON: () => ({ size, subtrees: subtrees.map(bytesToHex) }),
  };
}

function checkState(state: Partial<RootBuilderState> | null): void {
  const { size = Number.NaN, subtrees } = state ?? {};
  const isSize = Number.isSafeInteger(size) && size >= 0;
  const count = isSize ? size.toString(2).replaceAll("0", "").length : -1;
  const areHashes =
    Array.isArray(subtrees) &&
    // `every` does not look into holes.
    Array.from<unknown>(subtrees).every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
  if (!areHashes || subtrees.length !== count) {
    throw new MerkleError("BAD_STATE", "expected a size, and one hash for each 1 in its binary digits");
  }
}
