import { expect, test } from "vitest";
import { RpcFailure } from "../rpc/rpc-failure.ts";
import type { RpcFailureKind } from "../rpc/rpc-failure.ts";
import { nearOf, rejectionOf } from "./error-of-rejection.ts";
import type { Rejection } from "./error-of-rejection.ts";

function rejectionFor(detail: unknown, causeName = "INVALID_TRANSACTION"): Rejection | undefined {
  return rejectionOf(new RpcFailure("node: no", { kind: "refused", causeName, detail }), "agent.near");
}

function rejectionBy(cause: unknown): Rejection | undefined {
  return rejectionFor({ data: { TxExecutionError: { InvalidTxError: cause } } });
}

test.for([
  [{ InvalidNonce: { tx_nonce: 1, ak_nonce: 2 } }, { kind: "nonce" }],
  ["Expired", { kind: "expired" }],
  [
    { ShardCongested: { congestion_level: 1, shard_id: 0 } },
    { kind: "later", why: 'node: no: {"ShardCongested":{"congestion_level":1,"shard_id":0}}' },
  ],
  [{ ShardStuck: {} }, { kind: "later", why: 'node: no: {"ShardStuck":{}}' }],
  [{ NonceTooLarge: {} }, { kind: "later", why: 'node: no: {"NonceTooLarge":{}}' }],
] as const)("%j is no refusal for ever", ([cause, rejection]) => {
  expect(rejectionBy(cause)).toEqual(rejection);
});

test.for([
  [
    { InvalidAccessKeyError: { NotEnoughAllowance: { allowance: "1", cost: "2" } } },
    "NEAR_ALLOWANCE_USED",
    "the allowance of the key of agent.near is used up; give the account another key",
  ],
  [
    { LackBalanceForState: { amount: "1" } },
    "NEAR_INSUFFICIENT_FUNDS",
    "agent.near needs its balance for its own storage; send it NEAR",
  ],
  [
    { InvalidAccessKeyError: { AccessKeyNotFound: { public_key: "ed25519:x" } } },
    "NEAR_KEY_UNKNOWN",
    "agent.near does not have this key; add it to the account, or set its private key",
  ],
  [
    { SignerDoesNotExist: { signer_id: "agent.near" } },
    "NEAR_ACCOUNT_UNKNOWN",
    "there is no account agent.near; check its name and the network",
  ],
  [
    { InvalidAccessKeyError: { ReceiverMismatch: { tx_receiver: "x" } } },
    "NEAR_KEY_NOT_ALLOWED",
    "the key of agent.near may not call this contract; add a key for its mint_batch and mint_batches",
  ],
  [
    { InvalidAccessKeyError: { MethodNameMismatch: { method_name: "mint_batch" } } },
    "NEAR_KEY_NOT_ALLOWED",
    "the key of agent.near may not mint; add a key for mint_batch and mint_batches",
  ],
  [
    { NotEnoughBalance: { balance: "10000000000000000000000", cost: "30000000000000000000000" } },
    "NEAR_INSUFFICIENT_FUNDS",
    "agent.near cannot pay the gas: it has 0.01000 NEAR, and 0.02000 NEAR are missing; send it NEAR",
  ],
  ["InvalidSignature", "NEAR_REFUSED", "the network does not take the transaction: InvalidSignature"],
  [
    { NotEnoughBalance: { balance: "much", cost: "-1" } },
    "NEAR_REFUSED",
    'the network does not take the transaction: {"NotEnoughBalance":{"balance":"much","cost":"-1"}}',
  ],
  ["Expired, it says", "NEAR_REFUSED", "the network does not take the transaction: Expired, it says"],
] as const)("%j is %s", ([cause, code, message]) => {
  expect(rejectionBy(cause)).toMatchObject({ kind: "refused", error: { code, message } });
});

test.for([
  undefined,
  null,
  "InvalidNonce",
  { data: "Expired" },
  { data: { TxExecutionError: "Expired" } },
  { data: { TxExecutionError: {} } },
])("an invalid transaction told with %j is refused without a reason", (detail) => {
  expect(rejectionFor(detail)).toMatchObject({ kind: "refused", error: { code: "NEAR_REFUSED" } });
});

test("bounds the words of a node", () => {
  const refused = rejectionBy({ Huge: "x".repeat(1_000_000) });
  expect(refused?.kind === "refused" && refused.error.message.length).toBeLessThan(300);
  const later = rejectionBy({ ShardStuck: "x".repeat(1_000_000) });
  expect(later?.kind === "later" && later.why.length).toBeLessThan(200);
});

test("a request that the node could not read was not looked at", () => {
  expect(rejectionFor(undefined, "PARSE_ERROR")).toMatchObject({
    kind: "refused",
    error: { code: "NEAR_REFUSED", message: "node: no: the transaction is too large or not valid" },
  });
});

test.for(["TIMEOUT_ERROR", "INTERNAL_ERROR", "UNKNOWN_TRANSACTION", "invalid_transaction"])(
  "%s leaves it open",
  (causeName) => {
    const detail = { data: { TxExecutionError: { InvalidTxError: "Expired" } } };
    expect(rejectionFor(detail, causeName)).toBeUndefined();
  },
);

test.for<RpcFailureKind>(["unreachable", "timed-out", "aborted", "http", "bad-answer"])(
  "a failure that is %s leaves it open, whatever else it says",
  (kind) => {
    const detail = { data: { TxExecutionError: { InvalidTxError: "Expired" } } };
    const failure = new RpcFailure("node: no", { kind, causeName: "INVALID_TRANSACTION", detail });
    expect(rejectionOf(failure, "agent.near")).toBeUndefined();
  },
);

test.for([
  [0n, "0.00000"],
  [9_999_999_999_999_999_999n, "0.00001"],
  [10n ** 24n, "1.00000"],
  [1_234_560_000_000_000_000_000_000_000n, "1234.56000"],
] as const)("%i yoctoNEAR are %s NEAR", ([yocto, near]) => {
  expect(nearOf(yocto)).toBe(near);
});
