import type { Block } from "../chain/block.ts";
import { ZERO_DIGEST } from "../chain/block.ts";
import type { Chain } from "../chain/chain.ts";
import { finalHeight } from "../chain/progress.ts";
import { GAS_PRICE } from "../receipts/outcome.ts";

/** The protocol that the localnet stands in for. */
export const PROTOCOL_VERSION = 88;

/** A signature of nobody, since the chain has no validators. */
const NO_SIGNATURE = `ed25519:${"1".repeat(64)}`;

/** Returns a block in the JSON form of nodes. It has one chunk. */
export function blockJson(chain: Chain, block: Block): unknown {
  return { author: "localnet", header: headerJson(chain, block), chunks: [chunkJson(block)] };
}

function headerJson({ archive }: Chain, block: Block): unknown {
  const { hash, height, innerLite, previousHash, timestamp } = block;
  const final = archive.blockAt(finalHeight(height))?.hash ?? ZERO_DIGEST;
  return {
    height,
    prev_height: height > 1 ? height - 1 : null,
    epoch_id: innerLite.epochId,
    next_epoch_id: innerLite.nextEpochId,
    hash,
    prev_hash: previousHash,
    prev_state_root: innerLite.previousStateRoot,
    block_body_hash: block.innerRestHash,
    chunk_receipts_root: ZERO_DIGEST,
    chunk_headers_root: ZERO_DIGEST,
    chunk_tx_root: ZERO_DIGEST,
    outcome_root: innerLite.outcomeRoot,
    chunks_included: 1,
    challenges_root: ZERO_DIGEST,
    timestamp: Number(timestamp),
    timestamp_nanosec: `${timestamp}`,
    random_value: ZERO_DIGEST,
    validator_proposals: [],
    chunk_mask: [true],
    gas_price: `${GAS_PRICE}`,
    block_ordinal: height,
    rent_paid: "0",
    validator_reward: "0",
    total_supply: "0",
    challenges_result: [],
    last_final_block: final,
    last_ds_final_block: archive.blockAt(Math.max(1, height - 1))?.hash ?? ZERO_DIGEST,
    next_bp_hash: innerLite.nextBlockProducersHash,
    block_merkle_root: innerLite.blockMerkleRoot,
    epoch_sync_data_hash: null,
    approvals: [],
    signature: NO_SIGNATURE,
    latest_protocol_version: PROTOCOL_VERSION,
  };
}

function chunkJson({ height, innerLite, previousHash }: Block): unknown {
  return {
    chunk_hash: ZERO_DIGEST,
    prev_block_hash: previousHash,
    outcome_root: innerLite.outcomeRoot,
    prev_state_root: innerLite.previousStateRoot,
    encoded_merkle_root: ZERO_DIGEST,
    encoded_length: 0,
    height_created: height,
    height_included: height,
    shard_id: 0,
    gas_used: 0,
    gas_limit: 1_000_000_000_000_000,
    rent_paid: "0",
    validator_reward: "0",
    balance_burnt: "0",
    outgoing_receipts_root: ZERO_DIGEST,
    tx_root: ZERO_DIGEST,
    validator_proposals: [],
    signature: NO_SIGNATURE,
  };
}
