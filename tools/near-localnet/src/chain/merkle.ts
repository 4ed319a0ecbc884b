import { digest } from "../bytes/digest.ts";

/** One step from a leaf to the root: the hash beside it, and the side on which that stands. */
export interface PathItem {
  readonly hash: Uint8Array;
  readonly direction: "Left" | "Right";
}

/**
 * Returns the root of the network's Merkle tree over `leaves`, and the path of each. A node without
 * a neighbour moves up as it is. The root of no leaves is 32 zero bytes.
 */
export function merkleTree(leaves: readonly Uint8Array[]): {
  readonly root: Uint8Array;
  readonly paths: readonly (readonly PathItem[])[];
} {
  const paths: PathItem[][] = leaves.map(() => []);
  let level = leaves;
  for (let width = 1; level.length > 1; width *= 2) {
    paths.forEach((path, leaf) => path.push(...stepOf(level, Math.floor(leaf / width))));
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => parentOf(level, i));
  }
  return { root: level[0] ?? new Uint8Array(32), paths };
}

function stepOf(level: readonly Uint8Array[], at: number): PathItem[] {
  const isRight = at % 2 === 1;
  const hash = level[isRight ? at - 1 : at + 1];
  return hash === undefined ? [] : [{ hash, direction: isRight ? "Left" : "Right" }];
}

function parentOf(level: readonly Uint8Array[], at: number): Uint8Array {
  const [left, right] = level.slice(at * 2, at * 2 + 2);
  return right === undefined ? (left ?? new Uint8Array(32)) : digest(left ?? new Uint8Array(32), right);
}
