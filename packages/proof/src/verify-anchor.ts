import * as v from "valibot";
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

/** An anchor that the caller trusts; each contract is named once. Network and contract come from the caller's settings: whoever wrote a file chose those in it. */
export interface TrustedAnchor {
  readonly network: string;
  /** The contract's account. */
  readonly contract: string;
  /**
   * What this contract holds under the claim's token id, from a node's answer or from evidence checked against a block that the caller trusts.
   * Undefined only where a final block shows that there is no such token: the verdict is then `tampered`. Throws where that cannot be told.
   */
  lookUp(claim: AnchorClaim): AnchoredBatch | undefined;
}

const anchoredBatchSchema: v.GenericSchema<unknown, AnchoredBatch> = v.object({
  batch_id: v.string(),
  merkle_root: v.string(),
  header_digest: v.string(),
  seq: v.number(),
  previous: v.nullable(v.string()),
  anchored_at: v.nullable(v.string()),
});

/**
 * Checks that a claimed anchor is one of the trusted, and holds this header. Throws ANCHOR_UNTRUSTED; ANCHOR_UNCHECKED when it gave no
 * answer, ANCHOR_MISSING when it holds nothing there, ANCHOR_MISMATCH at the first member that differs. Of the claim, `tx_hash`,
 * `block_height` and `evidence` are for `lookUp` to check, and `block_time` too where the anchor tells no time.
 */
export function verifyAnchor(header: Header, claim: AnchorClaim, anchors: readonly TrustedAnchor[]): AnchoredBatch {
  const trusted = anchors.find(({ network, contract }) => network === claim.network && contract === claim.contract);
  if (trusted === undefined) {
    throw new ProofError("ANCHOR_UNTRUSTED", "anchor", "expected a network and contract that are trusted");
  }
  if (claim.token_id !== batchId(header)) {
    throw new ProofError("ANCHOR_MISMATCH", "anchor.token_id", `expected ${batchId(header)} from the last header`);
  }
  const anchored = ask(trusted, claim);
  if (anchored === undefined) {
    throw new ProofError("ANCHOR_MISSING", "anchor", `expected ${claim.token_id} in the contract, found nothing`);
  }
  if (anchored.anchored_at !== null && anchored.anchored_at !== claim.block_time) {
    throw new ProofError("ANCHOR_MISMATCH", "anchor.block_time", `expected ${anchored.anchored_at} from the chain`);
  }
  verifyAnchoredBatch(header, anchored);
  return anchored;
}

/** Checks that an anchored batch is the one of this header. Throws ANCHOR_MISMATCH at the first member that differs. */
export function verifyAnchoredBatch(header: Header, anchored: AnchoredBatch): void {
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

function ask(anchor: TrustedAnchor, claim: AnchorClaim): AnchoredBatch | undefined {
  let answer: unknown;
  try {
    // A copy: what lookUp writes into it must not reach what is compared.
    answer = anchor.lookUp(structuredClone(claim));
  } catch (cause) {
    throw new ProofError("ANCHOR_UNCHECKED", "anchor", "expected an answer of lookUp, got an error", cause);
  }
  if (answer === undefined) return undefined;
  const result = v.safeParse(anchoredBatchSchema, answer);
  if (result.success) return result.output;
  // A promise above all: a fault of the program that asks must not become an accusation of who wrote the file.
  throw new ProofError(
    "ANCHOR_UNCHECKED",
    "anchor",
    "expected an anchored batch or undefined from lookUp, and no promise",
  );
}
