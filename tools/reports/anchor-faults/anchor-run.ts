import { anchorStored } from "@etrap/batcher";
import type { Anchor, BatcherEvent, Clock } from "@etrap/batcher";
import { createNearAnchor, createNearProvider } from "@etrap/anchor-near";
import type { NearProvider } from "@etrap/anchor-near";
import { readAnchorDocument } from "@etrap/ledger";
import type { ChainName, ObjectStore } from "@etrap/ledger";
import { createMemoryStore, sampleBatches } from "@etrap/ledger/testing";
import { batchId, headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import type { KeyPairSigner } from "near-api-js";
import { AGENT, CONTRACT, LOCATION } from "../../../packages/anchor-near/src/fixtures/near-world.ts";
import type { NearWorld } from "../../../packages/anchor-near/src/fixtures/near-world.ts";

/** What was found after the runs of a row. Each but the first four must be 0. */
export interface Findings {
  runs: number;
  batches: number;
  /** Faults, lies and kills that struck. */
  faults: number;
  /** Attempts that failed. Each was repeated. */
  failures: number;
  /** Tokens of a batch or a seq beyond the first. */
  twice: number;
  /** Batches that the contract does not hold, with the root and the digest in the store. */
  missing: number;
  /**
   * Receipts in the store that differ from the token, or name a transaction that did not mint it.
   */
  falseReceipts: number;
  /** Batches that were said to be refused for good, although nothing was wrong with them. */
  falseRefusals: number;
}

/** Creates findings of no run. */
export function noFindings(): Findings {
  return { runs: 0, batches: 0, faults: 0, failures: 0, twice: 0, missing: 0, falseReceipts: 0, falseRefusals: 0 };
}

/** A ledger with batches to anchor, and a clock that moves only when somebody sleeps. */
export interface AnchorRun {
  readonly store: ObjectStore;
  readonly chains: readonly ChainName[];
  readonly headers: readonly Header[];
  readonly clock: Clock;
}

const CHAINS = 2;
const BATCHES_OF_A_CHAIN = 3;
/** The rounds after which a run is given up, whose batches are missing then. */
const MOST_ROUNDS = 60;
/** The time between two rounds on the run's clock. A node that rests is asked again then. */
const ROUND_MS = 31_000;

/** Creates a run whose chains no other run has. */
export async function createAnchorRun(name: string): Promise<AnchorRun> {
  const store = createMemoryStore();
  const names = Array.from({ length: CHAINS }, (_, index) => `t${index}`);
  const chains = names.map((table) => ({ database: name, schema: "public", table }));
  const batches = chains.flatMap((chain) => sampleBatches(BATCHES_OF_A_CHAIN, chain));
  for (const { data, slot } of batches) {
    await store.create(data.key, data.bytes);
    await store.create(slot.key, slot.bytes);
  }
  let offset = 0;
  const clock: Clock = {
    now: () => Date.now() + offset,
    async sleep(ms) {
      await new Promise((resolve) => setImmediate(resolve));
      offset += ms;
    },
  };
  return { store, chains, headers: batches.map(({ header }) => header), clock };
}

/**
 * Returns ways to the world's nodes. A short time-out, since a fault may be that no answer comes.
 */
export function providersOf({ localnet, second }: NearWorld, count: number): NearProvider[] {
  return [localnet.url, second.url].slice(0, count).map((url) => createNearProvider({ url, timeoutMs: 500 }));
}

/** Creates an anchor on these nodes. */
export function anchorOn(
  { localnet }: NearWorld,
  { clock }: AnchorRun,
  { providers, signer }: { readonly providers: readonly NearProvider[]; readonly signer: KeyPairSigner },
): Anchor {
  return createNearAnchor(
    {
      providers,
      network: localnet.chainId,
      accountId: AGENT,
      signer,
      contractId: CONTRACT,
      location: LOCATION,
    },
    { clock },
  );
}

/** Codes that say that a batch can never be minted, or that the ledger contradicts the contract. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  "BATCH_CONFLICT",
  "NEAR_SUPERSEDED",
  "ANCHOR_FORKED",
  "HEAD_ROLLED_BACK",
  "NEAR_CONTRACT_UNKNOWN",
]);

/** Anchors all batches, as an agent does that goes on after failures. */
export async function anchorAll(
  { store, chains, clock }: AnchorRun,
  anchor: Anchor,
  findings: Findings,
): Promise<void> {
  const onEvent = (event: BatcherEvent): void => {
    if (event.type !== "anchor-waiting" && event.type !== "chain-parked") return;
    findings.failures += 1;
    if (FOR_GOOD.has(event.code)) findings.falseRefusals += 1;
  };
  const anchorPolicy = { anchorFrom: "beginning" } as const;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { pending, unchecked } = await anchorStored({ store, anchor, clock }, { chains, anchorPolicy, onEvent });
    if (pending + unchecked === 0) return;
    await clock.sleep(ROUND_MS);
  }
}

interface Token {
  readonly token_id: string;
  readonly metadata: { readonly extra: string };
  readonly batch_summary: { readonly merkle_root: string };
  readonly block_height: number;
  readonly block_time: string;
}

/** Compares what the contract holds with the store, without faults, and adds what is wrong. */
export async function judge(
  world: NearWorld,
  { store, chains, headers }: AnchorRun,
  findings: Findings,
): Promise<void> {
  world.localnet.setFault(undefined);
  world.second.setFault(undefined);
  world.localnet.advance(3);
  findings.runs += 1;
  findings.batches += headers.length;
  for (const chain of chains) {
    const { batches: tokens } = (await world.view("get_batches_by_table", { ...chain, limit: 100 })) as {
      batches: Token[];
    };
    const ofChain = headers.filter(({ table }) => table === chain.table);
    findings.twice += Math.max(0, tokens.length - ofChain.length);
    for (const header of ofChain) {
      const same = tokens.filter((token) => isTokenOf(token, header));
      findings.twice += Math.max(0, same.length - 1);
      const [token] = same;
      if (token === undefined) findings.missing += 1;
      else if (!(await isReceiptTrue(world, { store, header, token }))) findings.falseReceipts += 1;
    }
  }
}

function isTokenOf({ token_id, metadata, batch_summary }: Token, header: Header): boolean {
  const { seq, header_digest } = JSON.parse(metadata.extra) as { seq: number; header_digest: string };
  return (
    token_id === batchId(header) &&
    seq === header.seq &&
    header_digest === headerDigest(header) &&
    batch_summary.merkle_root === header.merkle_root
  );
}

/** Whether the store's receipt is that of the token, and its transaction minted it. */
async function isReceiptTrue(
  { localnet }: NearWorld,
  { store, header, token }: { readonly store: ObjectStore; readonly header: Header; readonly token: Token },
): Promise<boolean> {
  const receipt = (await readAnchorDocument(store, header))?.receipt;
  if (receipt === undefined) return false;
  const { token_id, tx_hash, block_height, block_time, contract, network } = receipt;
  if (token_id !== token.token_id || contract !== CONTRACT || network !== localnet.chainId) return false;
  if (block_height !== token.block_height || block_time !== token.block_time) return false;
  if (tx_hash === null) return true;
  const node = createNearProvider({ url: localnet.url });
  const params = { tx_hash, sender_account_id: AGENT, wait_until: "FINAL" };
  const { receipts_outcome: outcomes } = (await node.call("tx", params)) as {
    receipts_outcome: { outcome: { executor_id: string; logs: string[]; status: object } }[];
  };
  return outcomes.some(
    ({ outcome: { executor_id, logs, status } }) =>
      executor_id === CONTRACT &&
      "SuccessValue" in status &&
      logs.some((log) => log.includes('"nft_mint"') && log.includes(`"${token_id}"`)),
  );
}
