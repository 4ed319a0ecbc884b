/**
 * Measures minting: batches a second with 1, 10 and 100 in a transaction and with 1 and 4 keys,
 * next to a bare loop of near-api-js, and what a batch costs. Options: `--block-time MS` (600, as
 * on mainnet), `--rounds N` (6).
 */
// Time is mostly that of blocks: a transaction is final some blocks after it was sent.
import { parseArgs } from "node:util";
import { createNearAnchor, createNearProvider } from "@etrap/anchor-near";
import type { Publication } from "@etrap/batcher";
import { nearToYocto } from "near-api-js";
import type { Account, KeyPairSigner } from "near-api-js";
import { sampleChain } from "@etrap/ledger/testing";
import { batchId } from "@etrap/proof";
import { mintArguments } from "../../packages/anchor-near/src/contract/mint-arguments.ts";
import { AGENT, CONTRACT, createNearWorld, LOCATION } from "../../packages/anchor-near/src/fixtures/near-world.ts";
import type { NearWorld } from "../../packages/anchor-near/src/fixtures/near-world.ts";
import { NEVER, publicationsOf } from "../../packages/anchor-near/src/fixtures/publications.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { "block-time": { type: "string", default: "600" }, rounds: { type: "string", default: "6" } },
  allowPositionals: true,
});
const BLOCK_MS = Number(values["block-time"]);
const ROUNDS = Number(values.rounds);
/** In yoctoNEAR a byte. */
const BYTE_PRICE = 10n ** 19n;

interface Measured {
  readonly batches: number;
  readonly seconds: number;
  /** What the account paid as gas, and what the contract's storage grew by, in yoctoNEAR. */
  readonly gas: bigint;
  readonly storage: bigint;
}

/** One call after another, each with batches of as many chains as there are keys. */
type Mint = (publications: readonly Publication[]) => Promise<void>;

const world = await createNearWorld({ blockTime: BLOCK_MS, pollingTimeout: 10_000 });
let chains = 0;
try {
  console.log(
    `A block every ${BLOCK_MS} ms; ${ROUNDS} rounds; two RPC nodes that must agree, and one for near-api-js\n`,
  );
  console.log(
    [
      "".padEnd(34),
      "batches/s",
      "ratio",
      "NEAR gas/batch",
      "NEAR storage/batch",
      "NEAR/1,000 rows by 1,000",
      "by 100",
    ].join("  "),
  );
  for (const inOne of [1, 10, 100]) {
    const bare = await measure({ inOne, keys: 1 }, async () => bareLoop());
    show(`near-api-js, 1 key, ${inOne} in one`, bare, bare);
    for (const keys of [1, 4]) {
      const own = await measure({ inOne, keys }, async () => anchorLoop(keys));
      show(`anchor, ${keys} ${keys === 1 ? "key" : "keys"}, ${inOne} in one`, own, bare);
    }
  }
} finally {
  await world.close();
}

async function anchorLoop(keys: number): Promise<Mint> {
  const signers: KeyPairSigner[] = [];
  for (let key = 0; key < keys; key += 1) signers.push(await world.addKey({ allowance: nearToYocto("5") }));
  const { localnet, second } = world;
  const anchor = createNearAnchor({
    providers: [localnet.url, second.url].map((url) => createNearProvider({ url })),
    network: localnet.chainId,
    accountId: AGENT,
    signer: signers,
    contractId: CONTRACT,
    location: LOCATION,
  });
  return async (publications) => {
    for (const outcome of await anchor.publish(publications, NEVER)) if (outcome.kind === "failed") throw outcome.error;
  };
}

/** What somebody would write first: near-api-js signs, sends and waits, and nothing is checked. */
async function bareLoop(): Promise<Mint> {
  const { owner_id: owner } = (await world.view("get_settings")) as { owner_id: string };
  return async (publications) => {
    const batches = publications.map((each) => mintArguments(each, owner, LOCATION));
    const [only] = batches;
    await world.agent.callFunction({
      contractId: CONTRACT,
      methodName: batches.length === 1 ? "mint_batch" : "mint_batches",
      args: batches.length === 1 && only !== undefined ? (only as Record<string, unknown>) : { batches },
      gas: 300_000_000_000_000n,
      waitUntil: "FINAL",
    });
  };
}

async function measure(
  { inOne, keys }: { readonly inOne: number; readonly keys: number },
  prepare: () => Promise<Mint>,
): Promise<Measured> {
  const histories = Array.from({ length: keys }, () => {
    chains += 1;
    return publicationsOf(inOne * (ROUNDS + 1), sampleChain(`t${chains}`));
  });
  const roundOf = (round: number): Publication[] =>
    histories.flatMap((history) => history.slice(round * inOne, (round + 1) * inOne));
  const mint = await prepare();
  // The first batch of a chain costs more, and the first call asks more.
  await mint(roundOf(0));
  const before = await fundsOf(world);
  const started = performance.now();
  for (let round = 1; round <= ROUNDS; round += 1) await mint(roundOf(round));
  const seconds = (performance.now() - started) / 1000;
  const after = await fundsOf(world);
  const batches = ROUNDS * inOne * keys;
  const ids = new Set(histories.flatMap((history) => history.map(({ header }) => batchId(header))));
  if (ids.size !== batches + inOne * keys) throw new Error("expected every batch to be another one");
  return { batches, seconds, gas: before.balance - after.balance, storage: (after.bytes - before.bytes) * BYTE_PRICE };
}

async function fundsOf({ agent, view }: NearWorld): Promise<{ readonly balance: bigint; readonly bytes: bigint }> {
  // Refunds come a block after the transaction.
  await new Promise((resolve) => setTimeout(resolve, 4 * BLOCK_MS));
  const { storage_bytes: bytes } = (await view("get_batch_stats")) as { storage_bytes: number };
  return { balance: await balanceOf(agent), bytes: BigInt(bytes) };
}

async function balanceOf(account: Account): Promise<bigint> {
  const { balance } = await account.getState();
  if (account.accountId !== AGENT) throw new Error("expected the account that mints");
  return balance.total;
}

function show(name: string, { batches, seconds, gas, storage }: Measured, peer: Measured): void {
  const rate = batches / seconds;
  const near = (yocto: bigint): string => (Number(yocto / BigInt(batches)) / 1e24).toFixed(6);
  const cells = [
    rate.toFixed(2).padStart(9),
    (rate / (peer.batches / peer.seconds)).toFixed(2).padStart(5),
    near(gas).padStart(14),
    near(storage).padStart(18),
    near(gas + storage).padStart(24),
    near(10n * (gas + storage)),
  ];
  console.log([name.padEnd(34), ...cells].join("  "));
}
