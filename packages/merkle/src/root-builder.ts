import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { checkHashes, checkSizes } from "./arguments.ts";
import { createNodeHasher, emptyRoot } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";
import type { MerkleTreeOptions } from "./merkle-tree.ts";

/**
 * The state of a root builder. It can be stored as JSON and passed to `createRootBuilder` later.
 */
export interface RootBuilderState {
  /** Number of leaves. */
  readonly size: number;
  /**
   * Roots of the complete subtrees as hex, largest subtree first. There is one for each 1 in the
   * binary digits of `size`.
   */
  readonly subtrees: readonly string[];
}

/** Computes the root over leaves that are added one by one, in O(log n) memory. */
export interface RootBuilder {
  /** Number of leaves added so far. */
  readonly size: number;
  /** Adds a leaf. Throws BAD_HASH, or BAD_SIZE if the size would no longer be a safe integer. */
  append(leafHash: Uint8Array): void;
  /** Returns the root over the leaves added so far, 32 bytes. */
  root(): Uint8Array;
  /** Returns the state, from which `createRootBuilder` can continue. */
  toJSON(): RootBuilderState;
}

/**
 * Creates a root builder that is empty or continues from a stored state. Throws BAD_STATE for a
 * state that no builder can have, and NOT_SHA256 if `hash` is another function.
 */
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
      // Each trailing 1 in the binary size is a complete subtree, as large as the one just
      // completed: they merge.
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
    // `every` skips the holes of a sparse array, so the array is copied first.
    Array.from<unknown>(subtrees).every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
  if (!areHashes || subtrees.length !== count) {
    throw new MerkleError(
      "BAD_STATE",
      "state: expected a size, and as many subtree hashes as the size has 1s in binary",
    );
  }
}
