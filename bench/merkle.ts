/** Building a tree and making every inclusion proof, beside merkletreejs and OpenZeppelin's; building beside ChainSafe's native hasher. */
import { hash } from "node:crypto";
import { hasher as native } from "@chainsafe/persistent-merkle-tree/hasher/hashtree";
import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import { sha256 } from "@noble/hashes/sha2.js";
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { MerkleTree as MerkleTreeJs } from "merkletreejs";

/** The slower peers look each leaf up among all of them, so their proofs are made for a sample, and the figure scaled to all. */
const SAMPLE = 200;

/** The first round, in which the code is compiled, is left out. */
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
 * Node's own SHA-256: the fastest `hash` there is. A text of bytes is the fastest way out of it, 0.4 µs a node; as a buffer it is 1.2, from
 * `createHash` 1.8. SHA-256 in WebAssembly (ChainSafe's as-sha256, hash-wasm) is 0.8, no faster than ours; its four at once are for 64 bytes.
 */
function sha256InNode(data: Uint8Array): Uint8Array {
  const text = hash("sha256", data, "binary");
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Level by level over 64-byte blocks: ChainSafe's layout, without our domain bytes. The limit, not a peer. */
function buildNatively(leaves: readonly Uint8Array[]): void {
  let level = new Uint8Array(2 ** Math.ceil(Math.log2(leaves.length)) * 32);
  for (const [index, leaf] of leaves.entries()) level.set(leaf, index * 32);
  while (level.length > 32) {
    const parents = new Uint8Array(level.length / 2);
    native.hashInto(level, parents);
    level = parents;
  }
}

console.log("milliseconds, median; ratio: how many times as fast ours is\n");
console.log("leaves  what                      ours    merkletreejs           OpenZeppelin           native hasher");
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
  what: string,
  { ours, js, oz, native: limit }: { ours: number; js: number; oz: number; native?: number },
): void {
  const against = (other: number): string =>
    `${other.toFixed(1).padStart(9)} (${(other / ours).toFixed(2)} ×)`.padEnd(22);
  const columns = [String(count).padStart(6), what.padEnd(21), ours.toFixed(1).padStart(7), against(js), against(oz)];
  console.log([...columns, limit === undefined ? "" : against(limit)].join("  ").trimEnd());
}
