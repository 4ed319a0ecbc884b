import { batchId, headerDigest } from "@etrap/proof";
import type { Header, Receipt } from "@etrap/proof";
import { chainFolder } from "@etrap/ledger";
import type { ChainName } from "@etrap/ledger";
import type { Anchor, AnchorErrorCode, ChainHead, Publication, PublishOutcome } from "../ports.ts";

/** An anchor in memory. Like every anchor, it mints no batch out of the order of its chain. */
export interface MemoryAnchor extends Anchor {
  /** The publications that were minted, in order. */
  readonly minted: readonly Publication[];
  /** Returns how often a batch was minted. */
  mints(header: Header): number;
  /**
   * Returns the receipt of a batch as a later look-up would: without its transaction. Undefined
   * where the batch is not anchored.
   */
  receiptOf(header: Header): Receipt | undefined;
  /** Puts another digest under the id of this batch, as a faulty writer would. */
  occupy(header: Header): void;
}

/** An error of the memory anchor. Its code is one of the port. */
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

/**
 * Creates an anchor that holds nothing. Its errors have the code NOT_NEXT, BATCH_CONFLICT, or
 * UNAVAILABLE once `signal` is aborted.
 */
export function createMemoryAnchor(): MemoryAnchor {
  const tokens = new Map<string, Token>();
  const heads = new Map<string, ChainHead>();
  const minted: Publication[] = [];
  const mints = new Map<string, number>();

  const find = (header: Header): Receipt | undefined => {
    const token = tokens.get(batchId(header));
    if (token !== undefined && token.digest !== headerDigest(header))
      throw new MemoryAnchorError("BATCH_CONFLICT", `${batchId(header)}: another digest is held under this id`);
    // A look-up does not give the transaction.
    return token && { ...token.receipt, tx_hash: null };
  };

  const mint = (publication: Publication): Receipt => {
    const { header } = publication;
    const [id, digest] = [batchId(header), headerDigest(header)];
    const head = heads.get(chainFolder(header));
    checkNext(publication, head);
    minted.push(publication);
    mints.set(digest, (mints.get(digest) ?? 0) + 1);
    const receipt = receiptOf(id, FIRST_BLOCK + minted.length);
    tokens.set(id, { digest, receipt });
    heads.set(chainFolder(header), { seq: header.seq, digest, firstSeq: head?.firstSeq ?? header.seq });
    return receipt;
  };

  return {
    minted,
    mints: (header) => mints.get(headerDigest(header)) ?? 0,
    receiptOf: find,
    occupy(header) {
      tokens.set(batchId(header), { digest: "0".repeat(64), receipt: receiptOf(batchId(header), FIRST_BLOCK) });
    },
    async publish(publications, signal) {
      if (signal.aborted) throw new MemoryAnchorError("UNAVAILABLE", "the signal is aborted; nothing was sent");
      return publications.map((publication) => outcomeOf(() => find(publication.header) ?? mint(publication)));
    },
    chainHead: async (chain: ChainName) => heads.get(chainFolder(chain)),
  };
}

function outcomeOf(act: () => Receipt): PublishOutcome {
  try {
    return { kind: "anchored", receipt: act() };
  } catch (error) {
    if (error instanceof MemoryAnchorError) return { kind: "failed", error };
    throw error;
  }
}

/**
 * Refuses a batch that does not follow the head of its chain, unless the chain begins with it. So
 * no batch is minted after one that failed.
 */
function checkNext({ header: { seq, previous }, begins = false }: Publication, head: ChainHead | undefined): void {
  if (begins && head === undefined) return;
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
