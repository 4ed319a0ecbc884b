import { expect, test } from "vitest";
import { viewAccessKey, viewAccount, viewFinalBlock, viewGasPrice } from "./account-views.ts";
import type { NearProvider } from "./near-provider.ts";

const HASH = "9NJJt7PNV5fkL6keT2qv7REkfVhdEMhFg8Y6dKRKhSub";
const KEY = { accountId: "agent.near", publicKey: "ed25519:x", finality: "final" } as const;

function nodeSaying(answer: unknown): NearProvider {
  return { name: "node", call: async () => answer };
}

const block = (hash: unknown, height: unknown = 7): unknown => ({ header: { hash, height } });

test("returns a final block", async () => {
  expect(await viewFinalBlock(nodeSaying(block(HASH)))).toEqual({ hash: HASH, height: 7 });
});

test.for([
  ["no base58", "0OIl"],
  ["empty", ""],
  ["too short", HASH.slice(0, 31)],
  ["of 33 bytes", "z".repeat(44)],
  ["so long that decoding it would take minutes", "z".repeat(1_000_000)],
  ["a number", 7],
])("does not take a block whose hash is %s", async ([, hash]) => {
  const view = viewFinalBlock(nodeSaying(block(hash)));
  await expect(view).rejects.toMatchObject({ kind: "bad-answer", message: "node: an answer that is not a node's" });
});

const limited = { allowance: "5", receiver_id: "notary.near", method_names: ["mint_batch"] };

test.for([
  ["FullAccess", undefined],
  [{ FunctionCall: limited }, { allowance: 5n, receiverId: "notary.near", methods: ["mint_batch"] }],
  [
    { FunctionCall: { ...limited, allowance: null } },
    { allowance: undefined, receiverId: "notary.near", methods: ["mint_batch"] },
  ],
] as const)("returns an access key with %j", async ([permission, limits]) => {
  const node = nodeSaying({ nonce: 3, permission, block_height: 7 });
  expect(await viewAccessKey(node, KEY)).toEqual({ nonce: 3n, blockHeight: 7, limits });
});

test.for([
  { nonce: 2 ** 60, permission: "FullAccess", block_height: 7 },
  { nonce: 3, permission: "Other", block_height: 7 },
  { nonce: 3, permission: { FunctionCall: { ...limited, allowance: "-1" } }, block_height: 7 },
  { error: "the node is busy" },
  null,
])("does not take %j for an access key", async (answer) => {
  await expect(viewAccessKey(nodeSaying(answer), KEY)).rejects.toMatchObject({ kind: "bad-answer" });
});

test.for([
  ["access key ed25519:x does not exist while viewing", "UNKNOWN_ACCESS_KEY"],
  ["account agent.near does not exist while viewing", "UNKNOWN_ACCOUNT"],
] as const)("takes the refusal of an older node: %s", async ([error, causeName]) => {
  const view = viewAccessKey(nodeSaying({ error }), KEY);
  await expect(view).rejects.toMatchObject({ kind: "refused", causeName, message: `node: ${causeName}` });
});

test("returns an account, with and without a contract", async () => {
  const answer = { amount: "9", storage_usage: 100, code_hash: "1".repeat(32) };
  const account = { balance: 9n, storageBytes: 100, hasContract: false };
  expect(await viewAccount(nodeSaying(answer), "agent.near")).toEqual(account);
  expect(await viewAccount(nodeSaying({ ...answer, code_hash: HASH }), "agent.near")).toEqual({
    ...account,
    hasContract: true,
  });
  const view = viewAccount(nodeSaying({ ...answer, amount: "nine" }), "agent.near");
  await expect(view).rejects.toMatchObject({ kind: "bad-answer" });
});

test("returns the price of gas", async () => {
  expect(await viewGasPrice(nodeSaying({ gas_price: "100000000" }))).toBe(100_000_000n);
  await expect(viewGasPrice(nodeSaying({ gas_price: 1 }))).rejects.toMatchObject({ kind: "bad-answer" });
});
