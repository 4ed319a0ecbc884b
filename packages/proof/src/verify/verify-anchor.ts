import * as v from "valibot";
import type { Anchor } from "../format/anchor.ts";
import { batchId, headerDigest } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { ProofError } from "../proof-error.ts";

/** The data that an anchor holds about a batch, as the anchor itself states it. */
export interface AnchoredBatch {
  readonly batch_id: string;
  readonly merkle_root: string;
  readonly header_digest: string;
  readonly seq: number;
  /** The digest of the header before. Null for seq 0. */
  readonly previous: string | null;
  /**
   * The time of the anchoring, in nanoseconds since 1970 UTC, by the blockchain's clock. Null if
   * `lookUp` cannot determine it.
   */
  readonly anchored_at: string | null;
  /** The height of the block that anchored it. Null or absent if `lookUp` cannot determine it. */
  readonly block_height?: number | null;
  /**
   * Whether the anchor's owner took the batch out of its chain, as after the theft of a key.
   * Default: false.
   */
  readonly superseded?: boolean;
}

/** The anchor that a proof file claims. */
export type AnchorClaim = Exclude<Anchor, { kind: "pending" }>;

/**
 * An anchor that the caller trusts. Network and contract MUST come from the caller's settings and
 * never from a file, whose author could choose them. Each contract MUST be listed once.
 */
export interface TrustedAnchor {
  readonly network: string;
  /** The contract's account. */
  readonly contract: string;
  /**
   * Returns what this contract holds under the claim's token id, from a node's answer or from
   * evidence checked against a trusted block. MUST return undefined only if a final block shows
   * that there is no such token; the verdict is then `tampered`. MUST throw if it cannot tell.
   */
  lookUp(claim: AnchorClaim): AnchoredBatch | undefined;
}

const answerSchema: v.GenericSchema<unknown, AnchoredBatch | undefined> = v.optional(
  v.object({
    batch_id: v.string(),
    merkle_root: v.string(),
    header_digest: v.string(),
    seq: v.number(),
    previous: v.nullable(v.string()),
    anchored_at: v.nullable(v.string()),
    block_height: v.exactOptional(v.nullable(v.number())),
    superseded: v.exactOptional(v.boolean()),
  }),
);

/**
 * Checks that a claimed anchor is trusted and holds this header. Returns what the anchor holds.
 * Throws ANCHOR_UNTRUSTED; ANCHOR_UNCHECKED if the anchor gave no answer; ANCHOR_MISSING if it
 * holds nothing; ANCHOR_SUPERSEDED if it was taken out of its chain; ANCHOR_MISMATCH at the first
 * member that differs. The claim's `tx_hash` and `evidence` are left to `lookUp`, and so are
 * `block_time` and `block_height` if the anchor does not state them.
 */
export function verifyAnchor(header: Header, claim: AnchorClaim, anchors: readonly TrustedAnchor[]): AnchoredBatch {
  const trusted = anchors.find(({ network, contract }) => network === claim.network && contract === claim.contract);
  if (trusted === undefined) {
    const message = "expected a trusted network and contract; check the name in your settings, not in the file";
    throw new ProofError("ANCHOR_UNTRUSTED", message, { place: "anchor" });
  }
  if (claim.token_id !== batchId(header)) {
    const message = `expected ${batchId(header)} from the last header, got ${claim.token_id}`;
    throw new ProofError("ANCHOR_MISMATCH", message, { place: "anchor.token_id" });
  }
  const anchored = ask(trusted, claim);
  if (anchored === undefined) {
    throw new ProofError("ANCHOR_MISSING", `expected ${claim.token_id} in the contract, got nothing`, {
      place: "anchor",
    });
  }
  if (anchored.superseded === true) {
    const message = `expected a batch of the chain, got ${claim.token_id}, which the anchor's owner took out of it`;
    throw new ProofError("ANCHOR_SUPERSEDED", message, { place: "anchor" });
  }
  verifyBlock(claim, anchored);
  verifyAnchoredBatch(header, anchored);
  return anchored;
}

function verifyBlock(claim: AnchorClaim, { anchored_at, block_height = null }: AnchoredBatch): void {
  const told = [
    ["block_time", anchored_at, claim.block_time],
    ["block_height", block_height, claim.block_height],
  ] as const;
  for (const [name, expected, claimed] of told) {
    if (expected === null || expected === claimed) continue;
    throw new ProofError("ANCHOR_MISMATCH", `expected ${expected} from the anchor, got ${claimed}`, {
      place: `anchor.${name}`,
    });
  }
}

/**
 * Checks that an anchored batch is the batch of this header. Throws ANCHOR_MISMATCH at the first
 * member that differs.
 */
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
    const message = `expected ${anchored[name]} from the anchor, got ${expected[name]} from the header`;
    throw new ProofError("ANCHOR_MISMATCH", message, { place: `anchor.${name}` });
  }
}

function ask(anchor: TrustedAnchor, claim: AnchorClaim): AnchoredBatch | undefined {
  let result: v.SafeParseResult<typeof answerSchema>;
  try {
    // A copy, so that lookUp cannot change the claim that is compared afterwards.
    const answer: unknown = anchor.lookUp(structuredClone(claim));
    // Refused below. Its rejection must not end the process, whichever realm it is of.
    if (typeof answer === "object" && answer !== null && "then" in answer) Promise.resolve(answer).catch(() => {});
    // Inside the block, because a getter or a proxy in the answer may throw too. Each member is
    // read once, so that it cannot change after its check.
    result = v.safeParse(answerSchema, answer);
  } catch (cause) {
    throw new ProofError("ANCHOR_UNCHECKED", "expected an answer from lookUp, got an error", {
      place: "anchor",
      cause,
    });
  }
  if (result.success) return result.output;
  // The most likely case is a promise. A bug in the caller must not yield the verdict "tampered".
  const message = "expected an anchored batch or undefined from lookUp; it must not return a promise";
  throw new ProofError("ANCHOR_UNCHECKED", message, { place: "anchor" });
}
