import type { NearReader, NearToken } from "@etrap/anchor-near/reader";
import { createSlots } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { attachAnchor, batchId } from "@etrap/proof";
import type { AnchorClaim, Header, ProofFile } from "@etrap/proof";

/** The largest number of headers in a proof file. */
const MAX_HEADERS = 10_000;

/**
 * Returns a pending proof file with the anchor that the contract holds for its last batch by now
 * or, where the ledger gives the headers in between, for the newest anchored batch of its chain.
 * Undefined where none is found. Rejects with the errors of the reader and the ledger, and with a
 * ProofError where the ledger's headers do not follow the file's.
 */
export async function findAnchor(
  proof: ProofFile,
  reader: NearReader,
  ledger: ObjectReader | undefined,
): Promise<ProofFile | undefined> {
  const last = proof.headers.at(-1);
  if (last === undefined) return undefined;
  const own = await reader.token(batchId(last));
  if (own !== undefined && !own.superseded) return attachAnchor(proof, claimOf(own, reader));
  const head = await reader.chainHead(last);
  if (ledger === undefined || head === undefined || head.seq <= last.seq) return undefined;
  // The first batch that was anchored after this one: the fewest headers.
  const slots = createSlots(ledger, last);
  const later: Header[] = [];
  for (let seq = last.seq + 1; seq <= head.seq && proof.headers.length + later.length < MAX_HEADERS; seq += 1) {
    const header = await slots.require(seq);
    later.push(header);
    if (seq < head.firstSeq) continue;
    const token = await reader.token(batchId(header));
    if (token !== undefined && !token.superseded) return attachAnchor(proof, claimOf(token, reader), later);
  }
  return undefined;
}

function claimOf({ batch_id, block_height, anchored_at }: NearToken, { network, contractId }: NearReader): AnchorClaim {
  return {
    kind: "near-nft",
    network,
    contract: contractId,
    token_id: batch_id,
    // A token does not say by which transaction it was minted.
    tx_hash: null,
    block_height,
    block_time: anchored_at,
    evidence: null,
  };
}
