import { createSlots, readAnchorDocument } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { attachAnchor } from "@etrap/proof";
import type { Header, ProofFile, Receipt } from "@etrap/proof";
import { isDamage } from "./read-verified.ts";

/** The largest number of headers in a proof file. */
const MAX_HEADERS = 10_000;

interface StoredAnchor {
  readonly receipt: Receipt;
  /** The headers after the batch, up to the anchored one. */
  readonly later: readonly Header[];
}

/**
 * Attaches the anchors that a ledger has to pending proofs of one chain: that of the batch itself,
 * or else of the first later one. An anchor.json is a claim, which `etrap verify` checks. Each slot
 * is read once.
 */
export function createAnchorFinder(reader: ObjectReader): (proof: ProofFile) => Promise<ProofFile> {
  const found = new Map<number, Promise<StoredAnchor | undefined>>();
  return async (proof) => {
    const last = proof.headers.at(-1);
    if (last === undefined) return proof;
    const anchor = found.get(last.seq) ?? findFrom(reader, last).catch(noneBehindDamage);
    found.set(last.seq, anchor);
    const stored = await anchor;
    return stored === undefined ? proof : attachAnchor(proof, { ...stored.receipt, evidence: null }, stored.later);
  };
}

/** The number of newest batches among which the newest anchored one is looked for. */
const NEWEST = 32;

/**
 * Finds the first anchored batch from this one on. Batches without an anchor.json are the newest of
 * a chain, or those before its anchoring began, so few are read.
 */
async function findFrom(reader: ObjectReader, first: Header): Promise<StoredAnchor | undefined> {
  const slots = createSlots(reader, first);
  const receiptAt = async (seq: number): Promise<Receipt | undefined> =>
    (await readAnchorDocument(reader, await slots.require(seq)))?.receipt;
  const own = await receiptAt(first.seq);
  if (own !== undefined) return { receipt: own, later: [] };

  const newest = (await slots.findNewest(first))?.seq ?? first.seq;
  let top = newest;
  let receipt: Receipt | undefined;
  for (; receipt === undefined && top > first.seq && top > newest - NEWEST; top -= 1) receipt = await receiptAt(top);
  if (receipt === undefined) return undefined;
  let [without, anchored] = [first.seq, top + 1];
  while (anchored - without > 1) {
    const middle = Math.floor((without + anchored) / 2);
    const found = await receiptAt(middle);
    if (found === undefined) without = middle;
    else [anchored, receipt] = [middle, found];
  }
  if (anchored - first.seq >= MAX_HEADERS) return undefined;
  const later: Header[] = [];
  for (let seq = first.seq + 1; seq <= anchored; seq += 1) later.push(await slots.require(seq));
  return { receipt, later };
}

/** Damage behind a batch does not keep it from being proved. The proof is pending then. */
function noneBehindDamage(error: unknown): undefined {
  if (isDamage(error)) return undefined;
  throw error;
}
