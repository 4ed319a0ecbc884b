import { batchId } from "./header.ts";
import type { Header } from "./header.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import { verifyChain } from "./verify-chain.ts";
import type { AnchorClaim } from "./verify-anchor.ts";

/**
 * Adds an anchor to a pending proof file. Nothing but `anchor` changes, and `headers` where a later batch is the anchored one: then `later` are
 * the headers from the one after the file's last up to it. The claim is not checked: `verifyProof` does that. There is no way back. Throws
 * ProofError: BAD_ARGUMENT for a file that has an anchor, ANCHOR_MISMATCH for another batch's token, or what `verifyChain` throws.
 */
export function anchorProof(file: ProofFile, anchor: AnchorClaim, later: readonly Header[] = []): ProofFile {
  if (file.anchor.kind !== "pending") throw new ProofError("BAD_ARGUMENT", "anchor", "expected a pending proof");
  const headers = [...file.headers, ...later];
  const { last } = verifyChain(headers);
  if (anchor.token_id !== batchId(last)) {
    throw new ProofError("ANCHOR_MISMATCH", "anchor.token_id", `expected ${batchId(last)} from the last header`);
  }
  return { ...file, headers, anchor };
}
