import type { Account, Action, PublicKey } from "near-api-js";
import { actions, KeyPair, keyToImplicitAddress, nearToYocto } from "near-api-js";
import {
  AccountDoesNotExistActionError,
  ActorNoPermissionActionError,
  AddKeyAlreadyExistsActionError,
  ContractCodeDoesNotExistError,
  CreateAccountNotAllowedActionError,
  CreateAccountOnlyByRegistrarActionError,
  DeleteActionMustBeFinalActionError,
  DeleteKeyDoesNotExistActionError,
  FunctionCallZeroAttachedGasActionError,
  InsufficientStakeActionError,
  InvalidReceiverIdError,
  LackBalanceForStateActionError,
  NonceTooLargeError,
  TotalNumberOfActionsExceededActionError,
  TotalPrepaidGasExceededActionError,
  UnsupportedProtocolFeatureActionError,
} from "near-api-js/rpc-errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newKeyFor } from "../fixtures/clients.ts";
import { standardContract } from "../fixtures/contracts.ts";
import { ask } from "../fixtures/post.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";

let localnet: Localnet;
let root: Account;
let counter = 0;

beforeAll(async () => {
  localnet = await createLocalnet({ pollingTimeout: 50 });
  root = clientOf(localnet, localnet.root);
});
afterAll(() => localnet.close());

const newKey = (): PublicKey => KeyPair.fromRandom("ed25519").getPublicKey();
const newClient = async (balance?: bigint): Promise<Account> =>
  clientOf(localnet, await localnet.createAccount(`a${counter++}.near`, balance === undefined ? {} : { balance }));
const run = (client: Account, receiverId: string, ...list: Action[]) =>
  client.signAndSendTransaction({ receiverId, actions: list, waitUntil: "FINAL" });
const totalOf = async (client: Account): Promise<bigint> => (await client.getState()).balance.total;

test("an account is made by the account above it alone", async () => {
  const client = await newClient();
  const make = [actions.createAccount(), actions.addFullAccessKey(newKey())];
  await expect(run(client, "other.near", ...make)).rejects.toBeInstanceOf(CreateAccountNotAllowedActionError);
  await expect(run(client, `x.y.${client.accountId}`, ...make)).rejects.toBeInstanceOf(
    CreateAccountNotAllowedActionError,
  );
  await expect(run(client, "toplevel", ...make)).rejects.toBeInstanceOf(CreateAccountOnlyByRegistrarActionError);
  await run(client, `x.${client.accountId}`, ...make);
  expect(await root.provider.viewAccount({ accountId: `x.${client.accountId}` })).toMatchObject({
    amount: 0n,
    storage_usage: 182,
  });
});

test("only the account itself changes its keys and its contract, and deletes itself", async () => {
  const { accountId } = await newClient();
  const forbidden = [
    actions.addFullAccessKey(newKey()),
    actions.deleteKey(newKey()),
    actions.deployContract(standardContract("receiver")),
    actions.deleteAccount("near"),
  ];
  for (const action of forbidden) {
    await expect(run(root, accountId, action)).rejects.toBeInstanceOf(ActorNoPermissionActionError);
  }
});

test("keys are added and deleted once", async () => {
  const client = await newClient();
  const key = newKeyFor(localnet, client.accountId);
  await client.addFullAccessKey(key.publicKey);
  await expect(client.addFullAccessKey(key.publicKey)).rejects.toBeInstanceOf(AddKeyAlreadyExistsActionError);
  await key.client.transfer({ receiverId: "near", amount: 1n });
  await client.deleteKey(key.publicKey);
  await expect(client.deleteKey(key.publicKey)).rejects.toBeInstanceOf(DeleteKeyDoesNotExistActionError);
  await expect(key.client.transfer({ receiverId: "near", amount: 1n })).rejects.toThrow();
  expect((await client.getState()).storageUsage).toBe(182);
});

test("a new key's nonce begins with the block, so that no old transaction fits it", async () => {
  const client = await newClient();
  const key = newKey();
  await client.addFullAccessKey(key);
  const { nonce } = await client.getAccessKey(key);
  expect(nonce).toBeGreaterThanOrEqual(1_000_000n);
  expect(nonce % 1_000_000n).toBe(0n);
  const transaction = await client.createTransaction({
    receiverId: "near",
    actions: [],
    publicKey: (await client.getSigner()?.getPublicKey()) ?? key,
  });
  transaction.nonce = 10n ** 15n;
  const signed = await client.getSigner()?.signTransaction(transaction);
  if (signed === undefined) expect.fail();
  await expect(client.provider.sendTransaction(signed.signedTransaction)).rejects.toBeInstanceOf(NonceTooLargeError);
});

test("a deleted account leaves its money, and is gone with its keys", async () => {
  const [client, heir] = [await newClient(), await newClient()];
  const before = await totalOf(heir);
  await run(client, client.accountId, actions.deleteAccount(heir.accountId));
  expect((await totalOf(heir)) - before).toBeGreaterThan(nearToYocto("99.9"));
  await expect(client.getState()).rejects.toThrow();
  await expect(client.getAccessKeyList()).rejects.toThrow();
});

test("a transfer to nobody comes back, and one to a key's own account makes it", async () => {
  const client = await newClient();
  const before = await totalOf(client);
  await expect(run(client, "nobody.near", actions.transfer(nearToYocto("5")))).rejects.toBeInstanceOf(
    AccountDoesNotExistActionError,
  );
  expect(before - (await totalOf(client))).toBeLessThan(nearToYocto("0.001"));
  const pair = KeyPair.fromRandom("ed25519");
  const accountId = keyToImplicit(pair.getPublicKey());
  await run(client, accountId, actions.transfer(nearToYocto("5")));
  const implicit = clientOf(localnet, { accountId, secretKey: `ed25519:${pair.toString().slice("ed25519:".length)}` });
  await implicit.transfer({ receiverId: "near", amount: nearToYocto("1") });
  expect(await totalOf(implicit)).toBeGreaterThan(nearToYocto("3.9"));
});

const keyToImplicit = (key: PublicKey): string => keyToImplicitAddress(key.toString());

test("an account must hold what its bytes cost", async () => {
  const client = await newClient(nearToYocto("1"));
  const deploying = run(client, client.accountId, actions.deployContract(standardContract("nft")));
  await expect(deploying).rejects.toBeInstanceOf(LackBalanceForStateActionError);
  expect((await client.getState()).codeHash).toBe("1".repeat(32));
});

test("a signer must keep what its bytes cost", async () => {
  const client = await newClient(nearToYocto("10"));
  await client.deployContract(standardContract("receiver"));
  const all = client.transfer({ receiverId: "near", amount: nearToYocto("9.99") });
  await expect(all).rejects.toMatchObject({ name: "LackBalanceForStateActionError", accountId: client.accountId });
  await client.transfer({ receiverId: "near", amount: nearToYocto("9") });
});

test("a contract that stores more than its account holds is undone", async () => {
  const size = BigInt(standardContract("nft").length);
  const client = await newClient(size * 10n ** 19n + nearToYocto("0.05"));
  await client.deployContract(standardContract("nft"));
  const call = (methodName: string, args: object) =>
    client.callFunction({ contractId: client.accountId, methodName, args: { ...args } });
  await call("new", { owner_id: client.accountId });
  const before = (await client.getState()).storageUsage;
  const token_metadata = { title: "t", description: "x".repeat(10_000) };
  await expect(call("nft_mint_free", { token_id: "1", receiver_id: "near", token_metadata })).rejects.toBeInstanceOf(
    LackBalanceForStateActionError,
  );
  expect((await client.getState()).storageUsage).toBe(before);
});

test("a contract that is replaced keeps its records", async () => {
  const client = await newClient();
  const view = () => client.provider.viewContractState({ contractId: client.accountId });
  await client.deployContract(standardContract("nft"));
  await client.callFunction({ contractId: client.accountId, methodName: "new", args: { owner_id: "near" } });
  const before = await view();
  const usage = (await client.getState()).storageUsage;
  await client.deployContract(standardContract("receiver"));
  expect((await view()).values).toEqual(before.values);
  expect(before.values.length).toBeGreaterThan(0);
  const grown = standardContract("receiver").length - standardContract("nft").length;
  expect((await client.getState()).storageUsage - usage).toBe(grown);
  expect((await client.getContractCode()).code).toEqual(standardContract("receiver"));
});

test("all actions of a receipt are done, or none", async () => {
  const client = await newClient();
  const key = newKey();
  await expect(
    run(client, client.accountId, actions.addFullAccessKey(key), actions.functionCall("x", {}, 10n ** 13n)),
  ).rejects.toBeInstanceOf(ContractCodeDoesNotExistError);
  await expect(client.getAccessKey(key)).rejects.toThrow();
});

const GAS = 10n ** 13n;

test.each<[string, () => Action[], new (...args: never[]) => Error]>([
  ["a call without gas", () => [actions.functionCall("x", {}, 0n)], FunctionCallZeroAttachedGasActionError],
  [
    "too much gas",
    () => [actions.functionCall("x", {}, 10n ** 15n), actions.functionCall("x", {}, 1n)],
    TotalPrepaidGasExceededActionError,
  ],
  [
    "too many actions",
    () => Array.from({ length: 101 }, () => actions.transfer(1n)),
    TotalNumberOfActionsExceededActionError,
  ],
  [
    "a deletion that is not last",
    () => [actions.deleteAccount("near"), actions.transfer(1n)],
    DeleteActionMustBeFinalActionError,
  ],
  ["a stake", () => [actions.stake(1n, newKey())], InsufficientStakeActionError],
  [
    "a global contract",
    () => [actions.deployGlobalContract(new Uint8Array(9), "codeHash")],
    UnsupportedProtocolFeatureActionError,
  ],
])("%s is refused", async (_title, list, error) => {
  const client = await newClient();
  await expect(run(client, client.accountId, ...list())).rejects.toBeInstanceOf(error);
});

test("an id that is none is refused", async () => {
  const client = await newClient();
  for (const receiverId of ["Capital.near", "a..near", "x", "", "y".repeat(65)]) {
    await expect(run(client, receiverId, actions.functionCall("x", {}, GAS))).rejects.toBeInstanceOf(
      InvalidReceiverIdError,
    );
  }
});

test("the localnet says why it cannot make an account or deploy", async () => {
  await expect(localnet.createAccount("toplevel")).rejects.toMatchObject({ code: "BAD_OPTION" });
  await expect(localnet.createAccount("Bad.near")).rejects.toMatchObject({ code: "BAD_OPTION" });
  await expect(localnet.createAccount("a.nobody.near")).rejects.toMatchObject({ code: "UNKNOWN_ACCOUNT" });
  await expect(localnet.deploy("nobody.near", new Uint8Array())).rejects.toMatchObject({ code: "UNKNOWN_ACCOUNT" });
  const { accountId } = await newClient();
  await expect(localnet.createAccount(accountId)).rejects.toMatchObject({
    code: "TRANSACTION_FAILED",
    message: expect.stringContaining("AccountAlreadyExists"),
  });
  await expect(createLocalnet({ validityPeriod: 0, blockTime: -1 })).rejects.toMatchObject({
    code: "BAD_OPTION",
    message: expect.stringMatching(/blockTime.*validityPeriod/u),
  });
});

test("the node tells its chain, its gas price and its parameters", async () => {
  expect(await root.provider.getNetworkId()).toBe("localnet");
  expect(await root.provider.viewGasPrice()).toEqual({ gas_price: "100000000" });
  expect(await root.provider.experimental_protocolConfig({ finality: "final" })).toMatchObject({
    chain_id: "localnet",
    runtime_config: { storage_amount_per_byte: "10000000000000000000" },
  });
  expect(
    (await ask(localnet.url, "query", { request_type: "view_account", account_id: "near", finality: "final" })).json,
  ).toMatchObject({
    result: { locked: "0", code_hash: "1".repeat(32), block_height: localnet.height() - 2 },
  });
});

test("records that are too many to show at once are refused", async () => {
  const client = await newClient();
  await client.deployContract(standardContract("nft"));
  const call = (methodName: string, args: object) =>
    client.callFunction({ contractId: client.accountId, methodName, args: { ...args } });
  await call("new", { owner_id: client.accountId });
  const token_metadata = { title: "t", description: "x".repeat(50_000) };
  await call("nft_mint_free", { token_id: "1", receiver_id: "near", token_metadata });
  const view = client.provider.viewContractState({ contractId: client.accountId });
  await expect(view).rejects.toMatchObject({ name: "TooLargeContractStateError" });
});
