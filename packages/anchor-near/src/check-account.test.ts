import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { KeyPair, KeyPairSigner, nearToYocto } from "near-api-js";
import { expect, onTestFinished, test } from "vitest";
import { AGENT, CONTRACT, createNearWorld, LOCATION } from "./fixtures/near-world.ts";
import type { NearWorld } from "./fixtures/near-world.ts";
import { createNearAnchor, createNearProvider } from "./index.ts";
import type { NearAnchorParts } from "./index.ts";

const STANDARD_NFT = resolve(import.meta.dirname, "../../../tools/near-localnet/testdata/standard-nft/nft.wasm");

async function startWorld(): Promise<NearWorld> {
  const world = await createNearWorld();
  onTestFinished(() => world.close());
  return world;
}

async function check(world: NearWorld, parts: Partial<NearAnchorParts>): Promise<unknown> {
  const anchor = createNearAnchor({
    providers: [world.localnet.url, world.second.url].map((url) => createNearProvider({ url })),
    network: world.localnet.chainId,
    accountId: AGENT,
    signer: new KeyPairSigner(KeyPair.fromRandom("ed25519")),
    contractId: CONTRACT,
    location: LOCATION,
    ...parts,
  });
  return anchor.check();
}

test("tells what it found, and for how many batches the balances last", async () => {
  const world = await startWorld();
  const report = await check(world, { signer: await world.addKey() });
  expect(report).toMatchObject({
    contract: { organization: "acme", minters: [AGENT], isPaused: false },
    account: { isFullAccessKey: false },
    batchesLeft: { account: expect.any(Number), contract: expect.any(Number) },
  });
  const { batchesLeft } = report as { batchesLeft: { account: number; contract: number } };
  expect(batchesLeft.account).toBeGreaterThan(100_000);
  // 97.6 NEAR at 0.00281 NEAR for each batch.
  expect(batchesLeft.contract).toBeGreaterThan(30_000);
  expect(batchesLeft.contract).toBeLessThan(40_000);
});

test.for([
  ["another account", { accountId: "nobody.near" }, "NEAR_ACCOUNT_UNKNOWN", "no account nobody.near"],
  ["a key that is not the account's", {}, "NEAR_KEY_UNKNOWN", "does not have the key ed25519:"],
  ["another network", { network: "testnet" }, "NEAR_WRONG_NETWORK", "give a node of testnet"],
] as const)("refuses %s", async ([, parts, code, message]) => {
  const world = await startWorld();
  await expect(check(world, parts)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test.for([
  ["another contract", { contractId: "other.near" }],
  ["other methods", { methods: ["nft_transfer"] }],
  ["one of the two methods", { methods: ["mint_batch"] }],
] as const)("refuses a key for %s", async ([, limits]) => {
  const world = await startWorld();
  const signer = await world.addKey(limits);
  await expect(check(world, { signer })).rejects.toMatchObject({
    code: "NEAR_KEY_NOT_ALLOWED",
    message: expect.stringContaining("add a key that may call mint_batch and mint_batches"),
  });
});

test.for([
  ["no account", "nowhere.near", "no such account"],
  ["an account without a contract", AGENT, "an account without a contract"],
  ["a plain NFT contract", "nft.near", "another contract"],
])("refuses %s in place of the contract", async ([, contractId = "", words = ""]) => {
  const world = await startWorld();
  await world.localnet.createAccount("nft.near");
  await world.localnet.deploy("nft.near", readFileSync(STANDARD_NFT));
  world.localnet.advance(3);
  const signer = await world.addKey({ contractId });
  await expect(check(world, { contractId, signer })).rejects.toMatchObject({
    code: "NEAR_CONTRACT_UNKNOWN",
    message: expect.stringContaining(words),
  });
});

test("says how much an account without funds lacks, and how far that goes", async () => {
  const world = await startWorld();
  const { agent, localnet } = world;
  const signer = await world.addKey();
  const { balance } = await agent.getState();
  await agent.transfer({ receiverId: "owner.near", amount: balance.total - nearToYocto("0.001") });
  localnet.advance(3);
  await expect(check(world, { signer })).rejects.toMatchObject({
    code: "NEAR_INSUFFICIENT_FUNDS",
    message: expect.stringMatching(/send it 0\.\d+ NEAR or more\. 1 NEAR lasts for about \d+ batches/),
  });
});

test.for([
  ["remove_minter", { account_id: AGENT }, "NEAR_NOT_A_MINTER", "owner.near to call add_minter"],
  ["pause", {}, "NEAR_PAUSED", "owner.near can call unpause"],
  ["set_reserve_floor", { reserve_floor: nearToYocto("500").toString() }, "NEAR_CONTRACT_FUNDS", "send it NEAR"],
] as const)("refuses a contract after %s", async ([methodName, args, code, words]) => {
  const world = await startWorld();
  const signer = await world.addKey();
  await world.owner.callFunction({ contractId: CONTRACT, methodName, args });
  world.localnet.advance(3);
  await expect(check(world, { signer })).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
});

test("knows a full access key", async () => {
  const world = await startWorld();
  const pair = KeyPair.fromRandom("ed25519");
  await world.localnet.createAccount("full.near", { publicKey: pair.getPublicKey().toString() });
  await world.owner.callFunction({
    contractId: CONTRACT,
    methodName: "add_minter",
    args: { account_id: "full.near" },
  });
  world.localnet.advance(3);
  const report = await check(world, { accountId: "full.near", signer: new KeyPairSigner(pair) });
  expect(report).toMatchObject({ account: { isFullAccessKey: true } });
});
