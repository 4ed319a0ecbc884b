/** Measures building trees and making inclusion proofs, next to other libraries. */
// merkletreejs and OpenZeppelin are peers. ChainSafe's native hasher is a limit for building.
import { hash } from "node:crypto";
import { hasher as native } from "@chainsafe/persistent-merkle-tree/hasher/hashtree";
import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { MerkleTree as MerkleTreeJs } from "merkletreejs";

/**
 * The number of proofs made with the slower peers. They look each leaf up among all of them, so
 * their time for this sample is scaled to all leaves.
 */
const SAMPLE = 200;

/**
 * Returns the median time of several rounds, in milliseconds. The first round, in which the code is
 * compiled, is left out.
 */
function median(work: () => unknown, rounds = 5): number {
  work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
}

/**
 * Computes SHA-256 with Node's own implementation, the fastest `hash` there is. A text of bytes is
 * its fastest output: 0.4 µs a node, against 1.2 as a buffer and 1.8 with `createHash`. SHA-256 in
 * WebAssembly (ChainSafe's as-sha256, hash-wasm) takes 0.8 µs, no faster than ours; its four hashes
 * at once are only for 64 bytes.
 */
function sha256InNode(data: Uint8Array): Uint8Array {
  const text = hash("sha256", data, "binary");
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/**
 * Builds a tree level by level over 64-byte blocks, in ChainSafe's layout and without our domain
 * bytes. This is a limit, not a peer.
 */
function buildNatively(leaves: readonly Uint8Array[]): void {
  let level = new Uint8Array(2 ** Math.ceil(Math.log2(leaves.length)) * 32);
  for (const [index, leaf] of leaves.entries()) level.set(leaf, index * 32);
  while (level.length > 32) {
    const parents = new Uint8Array(level.length / 2);
    native.hashInto(level, parents);
    level = parents;
  }
}

console.log("median time in milliseconds; in brackets, how many times as fast ours is\n");
console.log("leaves  task                      ours    merkletreejs           OpenZeppelin           native hasher");
for (const count of [1_000, 10_000, 100_000]) {
  const leaves = Array.from({ length: count }, (_, index) => hashLeaf(new TextEncoder().encode(`leaf ${index}`)));
  const buffers = leaves.map((leaf) => Buffer.from(leaf));
  const hexes = leaves.map((leaf) => `0x${Buffer.from(leaf).toString("hex")}`);
  const sample = Array.from({ length: SAMPLE }, (_, index) => Math.floor((index * count) / SAMPLE));
  const rounds = Math.max(5, 50_000 / count);

  const tree = createMerkleTree(leaves);
  const peer = new MerkleTreeJs(buffers, (data: Uint8Array) => Buffer.from(sha256(data)));
  const zeppelin = SimpleMerkleTree.of(hexes, { sortLeaves: false });
  const build = {
    ours: median(() => createMerkleTree(leaves), rounds),
    fast: median(() => createMerkleTree(leaves, { hash: sha256InNode }), rounds),
    js: median(() => new MerkleTreeJs(buffers, (data: Uint8Array) => Buffer.from(sha256(data))), rounds),
    oz: median(() => SimpleMerkleTree.of(hexes, { sortLeaves: false }), 3),
    native: median(() => buildNatively(leaves), rounds),
  };
  const scale = count / SAMPLE;
  const proofs = {
    ours: median(() => leaves.forEach((_, index) => tree.inclusionProof(index)), rounds),
    js: scale * median(() => sample.forEach((index) => peer.getProof(buffers[index] ?? Buffer.alloc(0))), 3),
    oz: scale * median(() => sample.forEach((index) => zeppelin.getProof(index)), 3),
  };
  print(count, "build", build);
  print(count, "build, Node's SHA-256", { ...build, ours: build.fast });
  print(count, "all proofs", proofs);
}

function print(
  count: number,
  task: string,
  { ours, js, oz, native: limit }: { ours: number; js: number; oz: number; native?: number },
): void {
  const against = (other: number): string =>
    `${other.toFixed(1).padStart(9)} (${(other / ours).toFixed(2)} ×)`.padEnd(22);
  const columns = [String(count).padStart(6), task.padEnd(21), ours.toFixed(1).padStart(7), against(js), against(oz)];
  console.log([...columns, limit === undefined ? "" : against(limit)].join("  ").trimEnd());
}
