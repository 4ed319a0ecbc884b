import type { Publication, PublishOutcome } from "@etrap/batcher";
import { batchId, headerDigest } from "@etrap/proof";
import type { Receipt } from "@etrap/proof";
import type { Contract } from "../contract/contract.ts";
import { mintArguments } from "../contract/mint-arguments.ts";
import type { LedgerLocation } from "../contract/mint-arguments.ts";
import { parseToken } from "../contract/token.ts";
import type { NearToken } from "../contract/token.ts";
import { NearError } from "../near-error.ts";
import { errorOfFailure } from "./error-of-failure.ts";
import type { KeyLane, Settled } from "./key-lane.ts";

/** What minting needs besides the batches. */
export interface MintContext {
  readonly network: string;
  readonly contract: Contract;
  readonly location: LedgerLocation;
  readonly lane: KeyLane;
  readonly signal: AbortSignal;
  /** The owner of the contract, to whom tokens are minted. `isFresh`: it may have changed. */
  owner(isFresh: boolean): Promise<string>;
}

type Outcomes = Map<Publication, PublishOutcome>;

/** The largest number of batches in one transaction, as the contract takes them. */
const MAX_BATCHES = 100;
/** How often another transaction is signed, where the key's nonce was taken by another process. */
const MAX_SIGNINGS = 6;

/** Mints batches, each chain's in order, and returns the outcome of each. Never rejects. */
export async function publishBatches(context: MintContext, publications: readonly Publication[]): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  try {
    const unclear = new Set(await context.lane.settle(context.signal));
    const sent = publications.filter(({ header }) => unclear.has(batchId(header)));
    await takeMinted(context, sent, outcomes);
    const rest = publications.filter((each) => !outcomes.has(each));
    for (let first = 0; first < rest.length; first += MAX_BATCHES)
      await mintAll(context, rest.slice(first, first + MAX_BATCHES), outcomes);
  } catch (error) {
    failAll(publications, error, outcomes);
  }
  return outcomes;
}

/** Notes the batches that the contract holds already. */
async function takeMinted(
  context: MintContext,
  publications: readonly Publication[],
  outcomes: Outcomes,
): Promise<void> {
  const { contract, signal } = context;
  for (const publication of publications) {
    const token = await contract.token(batchId(publication.header), { signal });
    if (token !== undefined) outcomes.set(publication, outcomeOf(context, publication, { token, hash: null }));
  }
}

/**
 * Mints batches in one transaction. Where it fails because of one of them, halves are minted until
 * that one is alone. Nothing of a chain is sent behind a batch of it that failed.
 */
async function mintAll(context: MintContext, publications: readonly Publication[], outcomes: Outcomes): Promise<void> {
  const failedChains = new Set(
    Array.from(outcomes).flatMap(([{ header }, outcome]) => (outcome.kind === "failed" ? [chainText(header)] : [])),
  );
  const [sendable, stopped] = [
    publications.filter(({ header }) => !failedChains.has(chainText(header))),
    publications.filter(({ header }) => failedChains.has(chainText(header))),
  ];
  failAll(stopped, new NearError("NOT_NEXT", "the batch before it was not minted"), outcomes);
  const [only] = sendable;
  if (only === undefined) return;
  const settled = await mintOnce(context, sendable, outcomes);
  if (settled === undefined) return;
  if (settled.kind === "succeeded") return noteTokens(context, { publications: sendable, settled }, outcomes);
  const { error, isAboutOneBatch } = errorOfFailure(settled.reason);
  if (!isAboutOneBatch) return failAll(sendable, error, outcomes);
  if (sendable.length === 1) {
    // A contract that is not idempotent refuses what it holds, and so does ours where the place of
    // the ledger has changed.
    await takeMinted(context, sendable, outcomes);
    if (!outcomes.has(only)) failAll(sendable, error, outcomes);
    return;
  }
  const half = Math.ceil(sendable.length / 2);
  await mintAll(context, sendable.slice(0, half), outcomes);
  await mintAll(context, sendable.slice(half), outcomes);
}

/** Signs until a transaction is executed. Undefined where all batches turned out to be minted. */
async function mintOnce(
  context: MintContext,
  publications: readonly Publication[],
  outcomes: Outcomes,
): Promise<Exclude<Settled, { kind: "never" }> | undefined> {
  const { lane, location, signal } = context;
  let owner = await context.owner(false);
  for (let signing = 0; signing < MAX_SIGNINGS; signing += 1) {
    const rest = publications.filter((each) => !outcomes.has(each));
    if (rest.length === 0) return undefined;
    const batches = rest.map((each) => ({ tokenId: batchId(each.header), args: mintArguments(each, owner, location) }));
    const settled = await lane.mint(batches, signal);
    if (settled.kind === "never") {
      // Another process with this key took the nonce, perhaps for the same batches.
      await takeMinted(context, rest, outcomes);
    } else if (settled.kind === "failed" && settled.reason.includes("ERR_BAD_RECEIVER")) {
      const newOwner = await context.owner(true);
      if (newOwner === owner) return settled;
      owner = newOwner;
    } else if (rest.length < publications.length && settled.kind === "succeeded") {
      noteTokens(context, { publications: rest, settled }, outcomes);
      return undefined;
    } else return settled;
  }
  throw new NearError(
    "UNAVAILABLE",
    "other transactions of this key took every nonce; give each process a key of its own",
  );
}

interface Minted {
  readonly publications: readonly Publication[];
  readonly settled: Extract<Settled, { kind: "succeeded" }>;
}

function noteTokens(context: MintContext, { publications, settled }: Minted, outcomes: Outcomes): void {
  const { value, minted, hash } = settled;
  const values: readonly unknown[] = publications.length === 1 ? [value] : Array.isArray(value) ? value : [];
  for (const [index, publication] of publications.entries()) {
    const token = parseToken(values[index]);
    if (token === undefined) {
      const error = new NearError(
        "NEAR_CONTRACT_UNKNOWN",
        "the contract answered a mint without its token; check its account",
      );
      failAll([publication], error, outcomes);
      continue;
    }
    // A batch that existed was minted by another transaction.
    outcomes.set(
      publication,
      outcomeOf(context, publication, { token, hash: minted.has(token.batch_id) ? hash : null }),
    );
  }
}

/** Compares a token with its batch, member by member, before it counts as minted. */
function outcomeOf(
  { network, contract }: MintContext,
  { header }: Publication,
  { token, hash }: { readonly token: NearToken; readonly hash: string | null },
): PublishOutcome {
  const id = batchId(header);
  const isSame =
    token.batch_id === id &&
    token.merkle_root === header.merkle_root &&
    token.header_digest === headerDigest(header) &&
    token.seq === header.seq &&
    token.previous === (header.previous?.digest ?? null) &&
    chainText(token.chain) === chainText(header);
  if (!isSame)
    return failed(
      new NearError(
        "BATCH_CONFLICT",
        `${id}: the contract holds another batch under this id; the owner can restart its chain`,
      ),
    );
  if (token.superseded)
    return failed(
      new NearError(
        "NEAR_SUPERSEDED",
        `${id}: the contract's owner restarted the chain below this batch, and it does not follow the head; etrap audit compares them`,
      ),
    );
  const receipt: Receipt = {
    kind: "near-nft",
    network,
    contract: contract.contractId,
    token_id: id,
    tx_hash: hash,
    block_height: token.block_height,
    block_time: token.anchored_at,
  };
  return { kind: "anchored", receipt };
}

function failAll(publications: readonly Publication[], cause: unknown, outcomes: Outcomes): void {
  const error = cause instanceof Error ? cause : new NearError("OUTCOME_UNKNOWN", "the mint failed without saying why");
  for (const publication of publications) if (!outcomes.has(publication)) outcomes.set(publication, failed(error));
}

function failed(error: Error): PublishOutcome {
  return { kind: "failed", error };
}

/** The text of a chain's name, equal for equal names alone. */
export function chainText({ database, schema, table }: Publication["header"] | NearToken["chain"]): string {
  return JSON.stringify([database, schema, table]);
}
