import type { Account } from "near-api-js";
import { actions, KeyPair, nearToYocto } from "near-api-js";
import {
  AccessKeyMethodNameMismatchActionError,
  AccessKeyNotEnoughAllowanceActionError,
  AccessKeyNotFoundActionError,
  AccessKeyReceiverMismatchActionError,
  AccessKeyRequiresFullAccessActionError,
  AccessKeyDepositWithFunctionCallActionError,
  AccessKeyDoesNotExistError,
  AccountAlreadyExistsActionError,
  AccountDoesNotExistError,
  ContractCodeDoesNotExistError,
  ContractExecutionError,
  ContractMethodNotFoundError,
  InvalidNonceError,
  InvalidSignatureError,
  NotEnoughBalanceError,
  TransactionExpiredError,
} from "near-api-js/rpc-errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newKeyFor, providerOf } from "./fixtures/clients.ts";
import { standardContract } from "./fixtures/contracts.ts";
import type { Localnet } from "./index.ts";
import { createLocalnet } from "./index.ts";

let localnet: Localnet;
let root: Account;

beforeAll(async () => {
  localnet = await createLocalnet({ validityPeriod: 10, pollingTimeout: 50 });
  root = clientOf(localnet, localnet.root);
});
afterAll(() => localnet.close());

const metadata = { title: "a title" };

async function deployNft(accountId: string): Promise<{ owner: Account; mint: (tokenId: string) => object }> {
  const owner = clientOf(localnet, await localnet.createAccount(accountId));
  await owner.deployContract(standardContract("nft"));
  await owner.callFunction({ contractId: accountId, methodName: "new", args: { owner_id: accountId } });
  const mint = (tokenId: string): object => ({ token_id: tokenId, receiver_id: accountId, token_metadata: metadata });
  return { owner, mint };
}

test("creates an account, deploys, mints with a function-call key and reads back", async () => {
  const { publicKey, client } = newKeyFor(localnet, "shop.near");
  await root.createSubAccount({ accountOrPrefix: "shop.near", publicKey, nearToTransfer: nearToYocto("10") });
  expect((await client.getState()).balance.total).toBe(nearToYocto("10"));

  await client.deployContract(standardContract("nft"));
  await client.callFunction({ contractId: "shop.near", methodName: "new", args: { owner_id: "shop.near" } });
  const minter = newKeyFor(localnet, "shop.near");
  await client.addFunctionCallAccessKey({
    publicKey: minter.publicKey,
    contractId: "shop.near",
    methodNames: ["nft_revoke_all", "new"],
  });
  await client.callFunction({
    contractId: "shop.near",
    methodName: "nft_mint",
    args: { token_id: "1", receiver_id: "shop.near", token_metadata: metadata },
    deposit: nearToYocto("0.1"),
  });
  await expect(
    minter.client.callFunction({ contractId: "shop.near", methodName: "new", args: { owner_id: "shop.near" } }),
  ).rejects.toThrow("The contract has already been initialized");

  const token = await root.provider.callFunction({
    contractId: "shop.near",
    method: "nft_token",
    args: { token_id: "1" },
  });
  expect(token).toMatchObject({ token_id: "1", owner_id: "shop.near", metadata });
  const keys = await client.getAccessKeyList();
  expect(keys.keys.map(({ access_key: { permission } }) => permission)).toContainEqual({
    FunctionCall: { allowance: expect.any(String), receiver_id: "shop.near", method_names: ["nft_revoke_all", "new"] },
  });
});

test("a key for one method gives back what its call did not burn", async () => {
  const { owner } = await deployNft("refund.near");
  const key = newKeyFor(localnet, "refund.near");
  const allowance = nearToYocto("0.5");
  await owner.addFunctionCallAccessKey({
    publicKey: key.publicKey,
    contractId: "refund.near",
    methodNames: ["new"],
    allowance,
  });
  const call = {
    contractId: "refund.near",
    methodName: "new",
    args: { owner_id: "refund.near" },
    waitUntil: "FINAL",
  } as const;
  await expect(key.client.callFunction(call)).rejects.toThrow("already been initialized");
  const { permission } = await owner.getAccessKey(key.publicKey);
  const left = typeof permission === "object" && "FunctionCall" in permission ? permission.FunctionCall.allowance : "";
  expect(BigInt(left ?? "0")).toBeGreaterThan(allowance - nearToYocto("0.001"));
  expect(BigInt(left ?? "0")).toBeLessThan(allowance);
});

test("a nonce that was used is refused, and the client takes the next one", async () => {
  const account = await localnet.createAccount("nonce.near");
  const [one, other] = [clientOf(localnet, account), clientOf(localnet, account)];
  const transfer = { receiverId: "near", actions: [actions.transfer(1n)] };
  const old = await one.createSignedTransaction(transfer);
  const sent = await other.createSignedTransaction({ ...transfer, actions: [actions.transfer(2n)] });
  await one.provider.sendTransaction(sent);
  const refused = one.provider.sendTransaction(old);
  await expect(refused).rejects.toBeInstanceOf(InvalidNonceError);
  await expect(refused).rejects.toMatchObject({
    accessKeyNonce: Number(sent.transaction.nonce),
    transactionNonce: Number(old.transaction.nonce),
  });
  await expect(one.signAndSendTransaction(transfer)).resolves.toMatchObject({ status: { SuccessValue: "" } });
});

test("the same bytes sent twice are one transaction", async () => {
  const client = clientOf(localnet, await localnet.createAccount("twice.near"));
  const signed = await client.createSignedTransaction({ receiverId: "near", actions: [actions.transfer(1n)] });
  const first = await client.provider.sendTransaction(signed);
  const second = await client.provider.sendTransaction(signed);
  expect(second.transaction_outcome).toEqual(first.transaction_outcome);
});

test("a balance that is too small is refused with what it would take", async () => {
  const client = clientOf(localnet, await localnet.createAccount("poor.near", { balance: nearToYocto("1") }));
  const refused = client.transfer({ receiverId: "near", amount: nearToYocto("2") });
  await expect(refused).rejects.toBeInstanceOf(NotEnoughBalanceError);
  await expect(refused).rejects.toMatchObject({ signerId: "poor.near", balance: nearToYocto("1") });
});

test("a key that the account does not have is refused", async () => {
  const owner = clientOf(localnet, await localnet.createAccount("keys.near"));
  const stranger = newKeyFor(localnet, "keys.near");
  // The client asks for the key first, and so finds out by itself.
  const transfer = { receiverId: "near", amount: 1n };
  await expect(stranger.client.transfer(transfer)).rejects.toBeInstanceOf(AccessKeyDoesNotExistError);
  // A key that is deleted after it was asked for is refused by the node.
  await owner.addFullAccessKey(stranger.publicKey);
  await stranger.client.transfer(transfer);
  await owner.deleteKey(stranger.publicKey);
  await expect(stranger.client.transfer(transfer)).rejects.toBeInstanceOf(AccessKeyNotFoundActionError);
});

test("a signature of another key is refused", async () => {
  const client = clientOf(localnet, await localnet.createAccount("forged.near"));
  const signed = await client.createSignedTransaction({ receiverId: "near", actions: [actions.transfer(1n)] });
  signed.transaction.actions = [actions.transfer(2n)];
  await expect(client.provider.sendTransaction(signed)).rejects.toBeInstanceOf(InvalidSignatureError);
});

test("a transaction expires with the block that it names", async () => {
  const client = clientOf(localnet, await localnet.createAccount("late.near"));
  const transfer = { receiverId: "near", actions: [actions.transfer(1n)] };
  const inTime = await client.createSignedTransaction(transfer);
  const late = await client.createSignedTransaction(transfer);
  localnet.advance(8);
  await expect(client.provider.sendTransaction(inTime)).resolves.toMatchObject({ status: { SuccessValue: "" } });
  localnet.advance(10);
  await expect(client.provider.sendTransaction(late)).rejects.toBeInstanceOf(TransactionExpiredError);
});

test("what a function-call key may not do is refused, each for its own reason", async () => {
  const { owner } = await deployNft("limits.near");
  const key = newKeyFor(localnet, "limits.near");
  const small = newKeyFor(localnet, "limits.near");
  await owner.addFunctionCallAccessKey({
    publicKey: key.publicKey,
    contractId: "limits.near",
    methodNames: ["nft_mint"],
  });
  await owner.addFunctionCallAccessKey({ publicKey: small.publicKey, contractId: "limits.near", allowance: 1n });
  const call = { contractId: "limits.near", methodName: "nft_mint", args: {} };
  await expect(key.client.callFunction({ ...call, methodName: "new" })).rejects.toBeInstanceOf(
    AccessKeyMethodNameMismatchActionError,
  );
  await expect(key.client.callFunction({ ...call, contractId: "near" })).rejects.toBeInstanceOf(
    AccessKeyReceiverMismatchActionError,
  );
  await expect(key.client.callFunction({ ...call, deposit: 1n })).rejects.toBeInstanceOf(
    AccessKeyDepositWithFunctionCallActionError,
  );
  await expect(key.client.transfer({ receiverId: "near", amount: 1n })).rejects.toBeInstanceOf(
    AccessKeyRequiresFullAccessActionError,
  );
  await expect(small.client.callFunction(call)).rejects.toBeInstanceOf(AccessKeyNotEnoughAllowanceActionError);
});

test("a panic fails the transaction with its message, and undoes what the call wrote", async () => {
  const { owner, mint } = await deployNft("panics.near");
  const call = { contractId: "panics.near", methodName: "nft_mint", deposit: nearToYocto("0.1") };
  await owner.callFunction({ ...call, args: mint("1") });
  const before = await owner.getState();
  const refused = owner.callFunction({ ...call, args: mint("1") });
  await expect(refused).rejects.toBeInstanceOf(ContractExecutionError);
  await expect(refused).rejects.toThrow("Smart contract panicked: token_id must be unique");
  expect((await owner.getState()).storageUsage).toBe(before.storageUsage);
});

test("what does not exist is told as a node tells it", async () => {
  const provider = providerOf(localnet.url);
  await localnet.createAccount("empty.near");
  await expect(provider.viewAccount({ accountId: "nobody.near" })).rejects.toBeInstanceOf(AccountDoesNotExistError);
  await expect(provider.callFunction({ contractId: "empty.near", method: "x", args: {} })).rejects.toBeInstanceOf(
    ContractCodeDoesNotExistError,
  );
  await deployNft("exists.near");
  await expect(provider.callFunction({ contractId: "exists.near", method: "x", args: {} })).rejects.toBeInstanceOf(
    ContractMethodNotFoundError,
  );
  await expect(
    root.createSubAccount({ accountOrPrefix: "exists.near", publicKey: KeyPair.fromRandom("ed25519").getPublicKey() }),
  ).rejects.toBeInstanceOf(AccountAlreadyExistsActionError);
});

test("a view that panics, or would write, is refused", async () => {
  const { mint } = await deployNft("views.near");
  const provider = providerOf(localnet.url);
  const view = (method: string, args: object) =>
    provider.callFunction({ contractId: "views.near", method, args: { ...args } });
  await expect(view("nft_token", {})).rejects.toThrow("missing field `token_id`");
  await expect(view("nft_mint", mint("1"))).rejects.toThrow("is not allowed in view calls");
});

test("a view is answered from the block that was asked for", async () => {
  const { owner, mint } = await deployNft("history.near");
  const { height } = (await owner.provider.viewBlock({ finality: "optimistic" })).header;
  await owner.callFunction({
    contractId: "history.near",
    methodName: "nft_mint",
    args: mint("1"),
    deposit: nearToYocto("0.1"),
  });
  const supplyAt = (blockQuery: { blockId: number } | { finality: "optimistic" }) =>
    owner.provider.callFunction({ contractId: "history.near", method: "nft_total_supply", args: {}, blockQuery });
  expect(await supplyAt({ blockId: height })).toBe("0");
  expect(await supplyAt({ finality: "optimistic" })).toBe("1");
});

test("older nodes' way of telling failed views is understood too", async () => {
  await deployNft("legacy.near");
  const node = await localnet.addNode({ legacyQueryErrors: true });
  const provider = providerOf(node.url);
  const key = KeyPair.fromRandom("ed25519").getPublicKey();
  await expect(provider.viewAccessKey({ accountId: "legacy.near", publicKey: key })).rejects.toBeInstanceOf(
    AccessKeyDoesNotExistError,
  );
  await expect(provider.callFunction({ contractId: "legacy.near", method: "x", args: {} })).rejects.toBeInstanceOf(
    ContractMethodNotFoundError,
  );
  await expect(provider.callFunction({ contractId: "legacy.near", method: "nft_token", args: {} })).rejects.toThrow(
    "missing field",
  );
});
