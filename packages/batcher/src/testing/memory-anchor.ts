import { batchId, chainFolder, headerDigest } from "@etrap/proof";
import type { ChainName, Header, Receipt } from "@etrap/proof";
import type { Anchor, AnchorErrorCode, ChainHead, Publication, PublishOutcome } from "../ports.ts";

/** An anchor in memory. It mints nothing out of a chain's order, like every anchor. */
export interface MemoryAnchor extends Anchor {
  /** What was minted, in order. */
  readonly minted: readonly Publication[];
  /** How often this batch was minted. */
  mints(header: Header): number;
  /** Puts another digest under this batch's id, as a faulty writer would. */
  occupy(header: Header): void;
}

/** An error of this anchor: it bears a code of the port. */
export class MemoryAnchorError extends Error {
  override readonly name = "MemoryAnchorError";
  readonly code: AnchorErrorCode;

  constructor(code: AnchorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface Token {
  readonly digest: string;
  readonly receipt: Receipt;
}

const FIRST_BLOCK = 187_000_000;

/** Creates an anchor that holds nothing. Errors bear NOT_NEXT, BATCH_CONFLICT, or UNAVAILABLE once `signal` is aborted. */
export function createMemoryAnchor(): MemoryAnchor {
  const tokens = new Map<string, Token>();
  const heads = new Map<string, ChainHead>();
  const minted: Publication[] = [];
  const mints = new Map<string, number>();

  const find = (header: Header): Receipt | undefined => {
    const token = tokens.get(batchId(header));
    if (token !== undefined && token.digest !== headerDigest(header))
      throw new MemoryAnchorError("BATCH_CONFLICT", `${batchId(header)}: another digest is held under this id`);
    // Who asks for a token is not told the transaction.
    return token && { ...token.receipt, tx_hash: null };
  };

  const mint = (publication: Publication): Receipt => {
    const { header } = publication;
    const [id, digest] = [batchId(header), headerDigest(header)];
    checkNext(header, heads.get(chainFolder(header)));
    minted.push(publication);
    mints.set(digest, (mints.get(digest) ?? 0) + 1);
    const receipt = receiptOf(id, FIRST_BLOCK + minted.length);
    tokens.set(id, { digest, receipt });
    heads.set(chainFolder(header), { seq: header.seq, digest });
    return receipt;
  };

  return {
    minted,
    mints: (header) => mints.get(headerDigest(header)) ?? 0,
    occupy(header) {
      tokens.set(batchId(header), { digest: "0".repeat(64), receipt: receiptOf(batchId(header), FIRST_BLOCK) });
    },
    async publish(publications, signal) {
      if (signal.aborted) throw new MemoryAnchorError("UNAVAILABLE", "asked to stop: nothing was sent");
      return publications.map((publication) => outcomeOf(() => find(publication.header) ?? mint(publication)));
    },
    find: async (header) => find(header),
    chainHead: async (chain: ChainName) => heads.get(chainFolder(chain)),
  };
}

function outcomeOf(act: () => Receipt): PublishOutcome {
  try {
    return { receipt: act() };
  } catch (error) {
    if (error instanceof MemoryAnchorError) return { error };
    throw error;
  }
}

/** None of a chain is minted after one that failed: it would not be the next. */
function checkNext({ seq, previous }: Header, head: ChainHead | undefined): void {
  const next = head === undefined ? 0 : head.seq + 1;
  if (seq === next && (previous?.digest ?? null) === (head?.digest ?? null)) return;
  throw new MemoryAnchorError(
    "NOT_NEXT",
    `expected batch ${next} on top of ${head?.digest ?? "nothing"}, got batch ${seq}`,
  );
}

function receiptOf(id: string, block: number): Receipt {
  return {
    kind: "near-nft",
    network: "memory",
    contract: "acme.etrap.memory",
    token_id: id,
    tx_hash: `tx-${block}`,
    block_height: block,
    block_time: `${block}000000000`,
  };
}
