import { batchId, headerDigest } from "../header.ts";
import type { Header } from "../header.ts";
import type { AnchorClaim, AnchoredBatch } from "../verify-anchor.ts";

const BLOCK_TIME = "1749855199000000000";

/** What an anchor holds of a batch. */
export function onChain(header: Header): AnchoredBatch {
  return {
    batch_id: batchId(header),
    merkle_root: header.merkle_root,
    header_digest: headerDigest(header),
    seq: header.seq,
    previous: header.previous?.digest ?? null,
    anchored_at: BLOCK_TIME,
  };
}

/** What a proof file says of it. */
export function claimOf(header: Header): AnchorClaim {
  return {
    kind: "near-nft",
    network: "testnet",
    contract: "acme.etrap.testnet",
    token_id: batchId(header),
    tx_hash: null,
    block_height: 187_000_000,
    block_time: BLOCK_TIME,
    evidence: null,
  };
}
