import { batchId } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import type { ProofFile } from "../format/proof-file.ts";
import { ProofError } from "../proof-error.ts";
import type { AnchorClaim } from "../verify/verify-anchor.ts";
import { verifyChain } from "../verify/verify-chain.ts";

/**
 * Attaches an anchor to a pending proof file. Only `anchor` changes, unless a later batch is the
 * anchored one: then `later` holds the headers after the file's last one, up to the anchored one,
 * and they are appended. The claim is not checked; `verifyProof` does that. An attached anchor
 * cannot be replaced. Throws BAD_ARGUMENT for a file that has an anchor, ANCHOR_MISMATCH for the
 * token of another batch, and what `verifyChain` throws.
 */
export function attachAnchor(file: ProofFile, anchor: AnchorClaim, later: readonly Header[] = []): ProofFile {
  if (file.anchor.kind !== "pending") {
    throw new ProofError("BAD_ARGUMENT", "expected a pending proof file, got one with an anchor", { place: "anchor" });
  }
  const headers = [...file.headers, ...later];
  const { last } = verifyChain(headers);
  if (anchor.token_id !== batchId(last)) {
    const message = `expected ${batchId(last)} from the last header, got ${anchor.token_id}`;
    throw new ProofError("ANCHOR_MISMATCH", message, { place: "anchor.token_id" });
  }
  return { ...file, headers, anchor };
}
