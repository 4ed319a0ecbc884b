import type { Account } from "near-api-js";
import { nearToYocto } from "near-api-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, newKeyFor } from "./fixtures/clients.ts";
import { standardContract } from "./fixtures/contracts.ts";
import type { Localnet } from "./index.ts";
import { createLocalnet } from "./index.ts";

type Outcome = Awaited<ReturnType<Account["callFunctionRaw"]>>;

let localnet: Localnet;
let owner: Account;
let alice: Account;

beforeAll(async () => {
  localnet = await createLocalnet();
  owner = clientOf(localnet, await localnet.createAccount("nft.near"));
  alice = clientOf(localnet, await localnet.createAccount("alice.near"));
  await localnet.createAccount("receiver.near");
  await localnet.deploy("nft.near", standardContract("nft"));
  await localnet.deploy("receiver.near", standardContract("receiver"));
  await owner.callFunction({ contractId: "nft.near", methodName: "new", args: { owner_id: "nft.near" } });
});
afterAll(() => localnet.close());

const view = (method: string, args: Record<string, unknown> = {}): Promise<unknown> =>
  owner.provider.callFunction({ contractId: "nft.near", method, args });

const call = (
  client: Account,
  methodName: string,
  { deposit = 1n, ...args }: Record<string, unknown> & { deposit?: bigint },
): Promise<Outcome> =>
  client.callFunctionRaw({
    contractId: "nft.near",
    methodName,
    args,
    deposit,
    gas: 100_000_000_000_000n,
    waitUntil: "FINAL",
  });

const mint = (tokenId: string): Promise<Outcome> =>
  call(owner, "nft_mint", {
    token_id: tokenId,
    receiver_id: "alice.near",
    token_metadata: { title: tokenId },
    deposit: nearToYocto("0.1"),
  });

const ownerOf = async (tokenId: string): Promise<unknown> => {
  const token = await view("nft_token", { token_id: tokenId });
  return typeof token === "object" && token !== null && "owner_id" in token ? token.owner_id : undefined;
};

const logsOf = ({ receipts_outcome }: Outcome): string[] => receipts_outcome.flatMap(({ outcome }) => outcome.logs);

test("mints, tells it in an event, and gives back the rest of the deposit", async () => {
  const before = (await owner.getState()).balance.total;
  const outcome = await mint("minted");
  expect(logsOf(outcome)).toEqual([
    'EVENT_JSON:{"standard":"nep171","version":"1.0.0","event":"nft_mint","data":[{"owner_id":"alice.near","token_ids":["minted"]}]}',
  ]);
  expect(await ownerOf("minted")).toBe("alice.near");
  const spent = before - (await owner.getState()).balance.total;
  expect(spent).toBeLessThan(nearToYocto("0.01"));
});

test("enumerates tokens as they were minted", async () => {
  await mint("first");
  await mint("second");
  const supply = Number(await view("nft_total_supply"));
  const idsOf = (tokens: unknown) => JSON.stringify(tokens).match(/(?<="token_id":")[^"]*/gu) ?? [];
  const all = idsOf(await view("nft_tokens", { limit: 100 }));
  expect(all).toHaveLength(supply);
  expect(all).toEqual(expect.arrayContaining(["first", "second"]));
  expect(idsOf(await view("nft_tokens", { from_index: "1", limit: 1 }))).toEqual(all.slice(1, 2));
  expect(await view("nft_supply_for_owner", { account_id: "alice.near" })).toBe(`${supply}`);
  expect(await view("nft_tokens_for_owner", { account_id: "nobody.near" })).toEqual([]);
});

test("transfers for the owner alone, and only with one yocto", async () => {
  await mint("moved");
  const transfer = { token_id: "moved", receiver_id: "nft.near" };
  await expect(call(owner, "nft_transfer", transfer)).rejects.toThrow("Sender not approved");
  await expect(call(alice, "nft_transfer", { ...transfer, deposit: 0n })).rejects.toThrow("1 yoctoNEAR");
  await call(alice, "nft_transfer", transfer);
  expect(await ownerOf("moved")).toBe("nft.near");
});

test("an approved account may transfer, until that is revoked", async () => {
  await mint("approved");
  const approval = { token_id: "approved", account_id: "nft.near" };
  await call(alice, "nft_approve", { ...approval, deposit: nearToYocto("0.01") });
  const isApproved = () => view("nft_is_approved", { token_id: "approved", approved_account_id: "nft.near" });
  expect(await isApproved()).toBe(true);
  await call(alice, "nft_revoke", approval);
  expect(await isApproved()).toBe(false);
});

test.each([
  ["keeps", "keep", "receiver.near", true],
  ["returns", "return", "alice.near", false],
  ["returns, after it asked another contract,", "ask", "alice.near", false],
  ["does not accept, because it panics,", "panic", "alice.near", false],
])("a token goes where its receiver %s it", async (_title, msg, ownerAfter, isKept) => {
  await mint(msg);
  const outcome = await call(alice, "nft_transfer_call", { token_id: msg, receiver_id: "receiver.near", msg });
  expect(outcome.status).toEqual({ SuccessValue: Buffer.from(JSON.stringify(isKept)).toString("base64") });
  expect(await ownerOf(msg)).toBe(ownerAfter);
  expect(logsOf(outcome)).toContain(`${msg} from alice.near by alice.near`);
});

test("a call of an account without a contract is a failed promise, and the token comes back", async () => {
  await mint("lost");
  await call(alice, "nft_transfer_call", { token_id: "lost", receiver_id: "near", msg: "" });
  expect(await ownerOf("lost")).toBe("alice.near");
});

test("a function-call key mints, and one for another method does not", async () => {
  const minter = newKeyFor(localnet, "nft.near");
  await owner.addFunctionCallAccessKey({
    publicKey: minter.publicKey,
    contractId: "nft.near",
    methodNames: ["nft_mint_free"],
  });
  const args = { token_id: "free", receiver_id: "alice.near", token_metadata: { title: "free" } };
  await minter.client.callFunction({ contractId: "nft.near", methodName: "nft_mint_free", args });
  expect(await ownerOf("free")).toBe("alice.near");
  await expect(minter.client.callFunction({ contractId: "nft.near", methodName: "nft_mint", args })).rejects.toThrow();
});
