import { digest, digestBytes, digestText } from "../bytes/digest.ts";
import { littleEndian } from "../bytes/little-endian.ts";
import type { Outcome } from "../receipts/outcome.ts";
import type { PathItem } from "./merkle.ts";
import { merkleTree } from "./merkle.ts";
import { outcomeLeaf } from "./outcome-leaf.ts";

/** A block of the chain. Digests are in base58. */
export interface Block {
  readonly height: number;
  readonly hash: string;
  readonly previousHash: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly innerLite: InnerLite;
  readonly innerRestHash: string;
}

/** The part of a header that light clients read, as far as a chain without validators has one. */
interface InnerLite {
  readonly epochId: string;
  readonly nextEpochId: string;
  readonly previousStateRoot: string;
  /** The root over the outcomes of the block before, which were known when this one was made. */
  readonly outcomeRoot: string;
  readonly nextBlockProducersHash: string;
  readonly blockMerkleRoot: string;
}

/** The digest of nothing, which stands where this chain has nothing. */
export const ZERO_DIGEST = "11111111111111111111111111111111";

/** The outcomes of one block, and the path of each in the tree over them. */
export interface BlockOutcomes {
  readonly root: string;
  readonly paths: readonly (readonly PathItem[])[];
}

/** Returns the tree over the outcomes of one block. */
export function outcomesOf(outcomes: readonly Outcome[]): BlockOutcomes {
  const { root, paths } = merkleTree(outcomes.map(outcomeLeaf));
  // The chain has one shard, whose root is the only leaf of the tree over the shards.
  return { root: outcomes.length === 0 ? ZERO_DIGEST : digestText(root), paths };
}

/** The state of a chain that has one epoch, no validators and no tree over its blocks. */
const NO_INNER_LITE: InnerLite = {
  epochId: ZERO_DIGEST,
  nextEpochId: ZERO_DIGEST,
  previousStateRoot: ZERO_DIGEST,
  outcomeRoot: ZERO_DIGEST,
  nextBlockProducersHash: ZERO_DIGEST,
  blockMerkleRoot: ZERO_DIGEST,
};

/** What a new block says of itself. */
export interface NewBlock {
  readonly timestamp: bigint;
  /** The root over the outcomes of the block before. */
  readonly outcomeRoot: string;
  /** What else it commits to: the chain's id, and the hashes of its transactions. */
  readonly content: readonly string[];
}

/** Returns the block after `previous`, or the first one, at height 1. */
export function nextBlock(previous: Block | undefined, { content, outcomeRoot, timestamp }: NewBlock): Block {
  const height = (previous?.height ?? 0) + 1;
  const previousHash = previous?.hash ?? ZERO_DIGEST;
  const innerLite = { ...NO_INNER_LITE, outcomeRoot };
  const innerRestHash = digestText(Buffer.from(JSON.stringify(content)));
  const inner = digest(innerLiteHash({ height, timestamp, innerLite }), digestBytes(innerRestHash));
  return {
    height,
    hash: digestText(inner, digestBytes(previousHash)),
    previousHash,
    timestamp,
    innerLite,
    innerRestHash,
  };
}

function innerLiteHash({
  height,
  timestamp,
  innerLite,
}: Pick<Block, "height" | "timestamp" | "innerLite">): Uint8Array {
  return digest(
    littleEndian(height, 8),
    digestBytes(innerLite.epochId),
    digestBytes(innerLite.nextEpochId),
    digestBytes(innerLite.previousStateRoot),
    digestBytes(innerLite.outcomeRoot),
    littleEndian(timestamp, 8),
    digestBytes(innerLite.nextBlockProducersHash),
    digestBytes(innerLite.blockMerkleRoot),
  );
}
