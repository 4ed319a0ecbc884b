import type { NearReader } from "@etrap/anchor-near/reader";
import { chainFolder, codeOf, createSlots, messageOf } from "@etrap/ledger";
import type { ChainName, ObjectReader } from "@etrap/ledger";
import { batchId, headerDigest } from "@etrap/proof";

/** What comparing a chain with the contract found. The members are those of an `AuditFinding`. */
export interface AnchorFinding {
  readonly severity: "fault" | "unchecked" | "note";
  readonly code:
    | "HEAD_ROLLED_BACK"
    | "ANCHOR_FORKED"
    | "CHAIN_HIDDEN"
    | "ANCHOR_UNCHECKED"
    | "NOT_ANCHORED"
    | "ANCHOR_BEHIND"
    | "OTHER_DATABASES";
  /** The folder of the chain's slots. Empty where it is about all. */
  readonly key: string;
  readonly message: string;
}

/** A ledger, its chains, and the contract that it is compared with. */
export interface Compared {
  readonly store: ObjectReader;
  readonly chains: readonly ChainName[];
  readonly reader: NearReader;
  /** Whether `chains` are all that the store has, so that others are missing. */
  readonly isWhole: boolean;
}

/**
 * Compares the newest batch of each chain with the newest that the contract holds, and looks for
 * tables of which nothing is left. Yields what differs. Never rejects for what stands in the store
 * or is answered.
 */
export async function* compareWithContract({
  store,
  chains,
  reader,
  isWhole,
}: Compared): AsyncGenerator<AnchorFinding> {
  let [seen, unanchored] = [0, 0];
  try {
    // Asked first: what is minted meanwhile must not look like a table that is hidden.
    const supply = isWhole ? await reader.supply() : 0;
    for (const chain of chains) {
      const { finding, tokens } = await compareHead(store, chain, reader);
      seen += tokens;
      if (finding?.code === "NOT_ANCHORED") unanchored += 1;
      else if (finding !== undefined) yield finding;
    }
    // Once for all of them: a ledger may have hundreds of tables that were never anchored.
    if (unanchored > 0)
      yield {
        severity: "note",
        code: "NOT_ANCHORED",
        key: "",
        message: `the contract holds no batch of ${unanchored} of the ${chains.length} chains; etrap anchors list names them`,
      };
    if (seen < supply) yield* findHidden(chains, reader, supply);
  } catch (error) {
    yield unchecked("", error);
  }
}

interface ComparedHead {
  readonly finding: AnchorFinding | undefined;
  /** The number of tokens in the chain as it stands. */
  readonly tokens: number;
}

async function compareHead(store: ObjectReader, chain: ChainName, reader: NearReader): Promise<ComparedHead> {
  const key = slotsFolder(chain);
  let tokens = 0;
  const found = (severity: AnchorFinding["severity"], code: AnchorFinding["code"], message: string): ComparedHead => ({
    finding: { severity, code, key, message },
    tokens,
  });
  try {
    const head = await reader.chainHead(chain);
    const slots = createSlots(store, chain);
    const newest = await slots.findNewest();
    if (head === undefined)
      return found("note", "NOT_ANCHORED", `the contract holds none of the ${(newest?.seq ?? -1) + 1} batches`);
    const { seq, firstSeq, digest, tokenId } = head;
    tokens = seq + 1 - firstSeq;
    if (newest === undefined || newest.seq < seq)
      return found(
        "fault",
        "HEAD_ROLLED_BACK",
        `the contract holds ${tokenId} as batch ${seq}, and the newest slot here is ${newest?.seq ?? "none"}: later batches were lost or hidden. Restore them from a copy`,
      );
    const slot = await slots.require(seq);
    if (headerDigest(slot) !== digest)
      return found(
        "fault",
        "ANCHOR_FORKED",
        `the contract holds ${tokenId} as batch ${seq}, and the slot here names ${batchId(slot)}: one of the two is false`,
      );
    if (newest.seq === seq) return { finding: undefined, tokens };
    return found("note", "ANCHOR_BEHIND", `${newest.seq - seq} batches after ${tokenId} are not in the contract yet`);
  } catch (error) {
    return { finding: unchecked(key, error), tokens };
  }
}

/** Looks through the tokens of each database for chains that the store does not have. */
async function* findHidden(
  chains: readonly ChainName[],
  reader: NearReader,
  supply: number,
): AsyncGenerator<AnchorFinding> {
  const known = new Set(chains.map(slotsFolder));
  const hidden = new Map<string, number>();
  let walked = 0;
  for (const database of new Set(chains.map((chain) => chain.database)))
    for await (const { chain } of reader.tokensOf(database)) {
      walked += 1;
      const key = slotsFolder(chain);
      if (!known.has(key)) hidden.set(key, (hidden.get(key) ?? 0) + 1);
    }
  for (const [key, count] of hidden)
    yield {
      severity: "fault",
      code: "CHAIN_HIDDEN",
      key,
      message: `the contract holds ${count} batches of this table, and nothing of it is here. Restore it from a copy`,
    };
  if (walked < supply)
    yield {
      severity: "note",
      code: "OTHER_DATABASES",
      key: "",
      message: `the contract also holds ${supply - walked} batches of databases that are not in this ledger`,
    };
}

function unchecked(key: string, error: unknown): AnchorFinding {
  const code = codeOf(error);
  // An error without a code is a bug of ours, which must not pass as an answer.
  if (code === undefined) throw error;
  const message = `was not compared with the contract: ${messageOf(error)} (${code})`;
  return { severity: "unchecked", code: "ANCHOR_UNCHECKED", key, message };
}

function slotsFolder(chain: ChainName): string {
  return `${chainFolder(chain)}chain/`;
}
