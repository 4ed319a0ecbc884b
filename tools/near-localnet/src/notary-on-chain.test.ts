import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Account } from "near-api-js";
import { nearToYocto } from "near-api-js";
import {
  AccessKeyNotFoundActionError,
  AccessKeyMethodNameMismatchActionError,
  AccessKeyReceiverMismatchActionError,
} from "near-api-js/rpc-errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newKeyFor } from "./fixtures/clients.ts";
import type { Localnet } from "./index.ts";
import { createLocalnet, parseScenario } from "./index.ts";

const FOLDER = resolve(import.meta.dirname, "../../../packages/notary-contract");
const CONTRACT = "notary.acme.near";
const MINTS = parseScenario(readFileSync(resolve(FOLDER, "scenarios/life.json"), "utf8")).filter(
  ({ method, expect: { failure } }) => method === "mint_batch" && failure === null,
);

let localnet: Localnet;
let contract: Account;
let owner: Account;
/** The agent, whose key can do nothing but mint. */
let agent: Account;

beforeAll(async () => {
  localnet = await createLocalnet();
  await localnet.createAccount("acme.near");
  contract = clientOf(localnet, await localnet.createAccount(CONTRACT));
  owner = clientOf(localnet, await localnet.createAccount("owner.near"));
  const full = clientOf(localnet, await localnet.createAccount("agent.acme.near"));
  const minter = newKeyFor(localnet, "agent.acme.near");
  await full.addFunctionCallAccessKey({
    publicKey: minter.publicKey,
    contractId: CONTRACT,
    methodNames: ["mint_batch", "mint_batches"],
    allowance: nearToYocto("1"),
  });
  agent = minter.client;
  await contract.deployContract(readFileSync(resolve(FOLDER, "res/notary.wasm")));
  const args = { organization: "acme", owner_id: "owner.near", minters: ["agent.acme.near"] };
  await contract.callFunction({ contractId: CONTRACT, methodName: "new", args });
});
afterAll(() => localnet.close());

const mint = async (index: number): Promise<unknown> =>
  agent.callFunction({ contractId: CONTRACT, methodName: "mint_batch", args: MINTS[index]?.args ?? {} });
const view = async (method: string, args: object = {}): Promise<unknown> =>
  owner.provider.callFunction({ contractId: CONTRACT, method, args: { ...args } });

const storageOf = async (): Promise<number> =>
  (await owner.provider.viewAccount({ accountId: CONTRACT })).storage_usage;

test("a key that can only mint mints without a deposit, and the contract's balance pays the storage", async () => {
  const before = await storageOf();
  const token = await mint(0);
  const read = await view("nft_token", { token_id: MINTS[0]?.args["token_id"] });
  expect(read).toEqual(token);
  expect(read).toMatchObject({
    owner_id: "owner.near",
    superseded: false,
    batch_summary: MINTS[0]?.args["batch_summary"],
  });
  // The first batch of its chain takes more than those behind it.
  expect((await storageOf()) - before).toBe(608);
});

test("the same batch again is success, and changes nothing", async () => {
  const first = await mint(1);
  const supply = await view("nft_total_supply");
  expect(await mint(1)).toEqual(first);
  expect(await view("nft_total_supply")).toBe(supply);
});

test("a gap is refused with its code, as a panic that near-api-js tells", async () => {
  await expect(mint(3)).rejects.toThrow(/ERR_GAP: expected seq 2 of public\.financial_transactions/);
});

test("the key can do nothing else", async () => {
  const other = agent.callFunction({ contractId: CONTRACT, methodName: "pause", args: {} });
  await expect(other).rejects.toThrow(AccessKeyMethodNameMismatchActionError);
  const elsewhere = agent.callFunction({ contractId: "owner.near", methodName: "mint_batch", args: {} });
  await expect(elsewhere).rejects.toThrow(AccessKeyReceiverMismatchActionError);
});

test("a token cannot be transferred, not even by its owner", async () => {
  const args = { receiver_id: "agent.acme.near", token_id: MINTS[0]?.args["token_id"] };
  const transfer = owner.callFunction({ contractId: CONTRACT, methodName: "nft_transfer", args, deposit: 1n });
  await expect(transfer).rejects.toThrow(/ERR_SOULBOUND/);
});

test("without the account's own key, nobody can deploy other code", async () => {
  const { keys } = await contract.getAccessKeyList();
  for (const { public_key: key } of keys) await contract.deleteKey(key);
  const other = contract.deployContract(readFileSync(resolve(FOLDER, "res/notary.wasm")));
  await expect(other).rejects.toThrow(AccessKeyNotFoundActionError);
  expect(await mint(2)).toMatchObject({ token_id: MINTS[2]?.args["token_id"] });
});
