import type { Anchor } from "./anchor.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import { ProofError } from "./proof-error.ts";

/** What an anchor holds of a batch, by its own word and not by the word of who presents it. */
export interface AnchoredBatch {
  readonly batch_id: string;
  readonly merkle_root: string;
  readonly header_digest: string;
  readonly seq: number;
  /** The digest of the header before; null for seq 0. */
  readonly previous: string | null;
  /** When it was anchored: nanoseconds since 1970 UTC, by the chain's clock; null where the check cannot tell. */
  readonly anchored_at: string | null;
}

/** An anchor that a proof file claims. */
export type AnchorClaim = Exclude<Anchor, { kind: "pending" }>;

/**
 * Looks a claim up where the caller trusts it: in what a node of theirs answered, or in evidence checked from a block of theirs. MUST take
 * network and contract from the caller's settings, and refuse a claim that names others: whoever wrote the file chose them. Returns undefined
 * where nothing is anchored there, and throws where that cannot be told.
 */
export type AnchorCheck = (claim: AnchorClaim) => AnchoredBatch | undefined;

/**
 * Checks that a claimed anchor holds this header. Throws ANCHOR_UNCHECKED when the check could not be made, ANCHOR_MISSING when nothing is
 * anchored there, ANCHOR_MISMATCH at the first member that differs.
 */
export function verifyAnchor(header: Header, claim: AnchorClaim, check: AnchorCheck): AnchoredBatch {
  if (claim.token_id !== batchId(header)) {
    throw new ProofError("ANCHOR_MISMATCH", "anchor.token_id", `expected ${batchId(header)} from the last header`);
  }
  const anchored = lookUp(claim, check);
  if (anchored === undefined) {
    throw new ProofError("ANCHOR_MISSING", "anchor", `expected ${claim.token_id} in ${claim.contract}, found nothing`);
  }
  if (anchored.anchored_at !== null && anchored.anchored_at !== claim.block_time) {
    throw new ProofError("ANCHOR_MISMATCH", "anchor.block_time", `expected ${anchored.anchored_at} from the chain`);
  }
  verifyAnchored(header, anchored);
  return anchored;
}

/** Checks that an anchored batch is the one of this header. Throws ANCHOR_MISMATCH at the first member that differs. */
export function verifyAnchored(header: Header, anchored: AnchoredBatch): void {
  const expected = {
    batch_id: batchId(header),
    merkle_root: header.merkle_root,
    seq: header.seq,
    previous: header.previous?.digest ?? null,
    header_digest: headerDigest(header),
  };
  for (const name of ["batch_id", "merkle_root", "seq", "previous", "header_digest"] as const) {
    if (anchored[name] === expected[name]) continue;
    throw new ProofError(
      "ANCHOR_MISMATCH",
      `anchor.${name}`,
      `expected what is anchored (${anchored[name]}), got ${expected[name]}`,
    );
  }
}

function lookUp(claim: AnchorClaim, check: AnchorCheck): AnchoredBatch | undefined {
  try {
    return check(claim);
  } catch (cause) {
    throw new ProofError("ANCHOR_UNCHECKED", "anchor", "expected an answer of the anchor's check, got an error", cause);
  }
}
