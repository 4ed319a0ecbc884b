import type { Header } from "./header.ts";
import type { ProofFile } from "./proof-file.ts";
import { verifyChain } from "./verify-chain.ts";
import type { AnchorClaim } from "./verify-anchor.ts";

/**
 * Adds an anchor to a proof file. Nothing but `anchor` changes, and `headers` where a later batch is the anchored one: then `later` are the
 * headers from the one after the file's last up to it. The type has no way back to `pending`. Throws ProofError where the headers are not one line.
 */
export function anchorProof(file: ProofFile, anchor: AnchorClaim, later: readonly Header[] = []): ProofFile {
  const headers = [...file.headers, ...later];
  verifyChain(headers);
  return { ...file, headers, anchor };
}
