import { describe, expect, test } from "vitest";
import { RpcFailure } from "../rpc/rpc-failure.ts";
import { errorOfFailure } from "./error-of-failure.ts";
import { rejectionOf } from "./error-of-rejection.ts";

describe("a transaction that was executed and failed", () => {
  test.for([
    ["ERR_GAP: expected seq 2", "NOT_NEXT", true],
    ["ERR_FORK: expected seq 2", "NOT_NEXT", true],
    ["ERR_ALREADY_MINTED: other content", "BATCH_CONFLICT", true],
    ["ERR_BAD_METADATA: title", "NEAR_REFUSED", true],
    ["ERR_NOT_ALLOWED: x is no minter", "NEAR_NOT_A_MINTER", false],
    ["ERR_PAUSED: the owner paused minting", "NEAR_PAUSED", false],
    ["ERR_RESERVE: below its reserve", "NEAR_CONTRACT_FUNDS", false],
    ["The account can't have LackBalanceForState", "NEAR_CONTRACT_FUNDS", false],
    ["Exceeded the prepaid gas.", "NEAR_REFUSED", true],
    ['{"CodeDoesNotExist":{"account_id":"x"}}', "NEAR_CONTRACT_UNKNOWN", false],
    ["MethodNotFound", "NEAR_CONTRACT_UNKNOWN", false],
    ["something else", "NEAR_REFUSED", true],
  ] as const)("%s is %s", ([reason, code, isAboutOneBatch]) => {
    const refusal = errorOfFailure(reason);
    expect(refusal).toMatchObject({ error: { code }, isAboutOneBatch });
    expect(refusal.error.message).toContain(reason);
  });
});

describe("a transaction that a node does not take", () => {
  const refusal = (cause: unknown, causeName = "INVALID_TRANSACTION"): RpcFailure =>
    new RpcFailure("node", {
      kind: "refused",
      causeName,
      detail: { data: { TxExecutionError: { InvalidTxError: cause } } },
    });

  test.for([
    [{ InvalidNonce: { tx_nonce: 1, ak_nonce: 2 } }, { kind: "nonce" }],
    ["Expired", { kind: "expired" }],
    [{ ShardCongested: { shard_id: 0 } }, { kind: "later" }],
    [{ NonceTooLarge: {} }, { kind: "later" }],
    [{ NotEnoughAllowance: { allowance: "1" } }, { kind: "refused", error: { code: "NEAR_ALLOWANCE_USED" } }],
    [{ InvalidAccessKeyError: "AccessKeyNotFound" }, { kind: "refused", error: { code: "NEAR_KEY_UNKNOWN" } }],
    [{ InvalidAccessKeyError: { ReceiverMismatch: {} } }, { kind: "refused", error: { code: "NEAR_KEY_NOT_ALLOWED" } }],
    [
      { InvalidAccessKeyError: { MethodNameMismatch: {} } },
      { kind: "refused", error: { code: "NEAR_KEY_NOT_ALLOWED" } },
    ],
    [{ SignerDoesNotExist: {} }, { kind: "refused", error: { code: "NEAR_ACCOUNT_UNKNOWN" } }],
    [{ LackBalanceForState: {} }, { kind: "refused", error: { code: "NEAR_INSUFFICIENT_FUNDS" } }],
    ["InvalidSignature", { kind: "refused", error: { code: "NEAR_REFUSED" } }],
    [undefined, { kind: "refused", error: { code: "NEAR_REFUSED" } }],
  ])("%j", ([cause, expected]) => {
    expect(rejectionOf(refusal(cause), "agent.near")).toMatchObject(expected as object);
  });

  test("says how much is missing", () => {
    const balance = (10n ** 22n).toString();
    const cost = (3n * 10n ** 22n).toString();
    const rejection = rejectionOf(refusal({ NotEnoughBalance: { balance, cost } }), "agent.near");
    expect(rejection).toMatchObject({
      error: {
        code: "NEAR_INSUFFICIENT_FUNDS",
        message: expect.stringMatching(/agent\.near .* has 0\.01000 NEAR, and 0\.02000 NEAR are missing/),
      },
    });
  });

  test("a request that the node could not read was not looked at", () => {
    expect(rejectionOf(refusal(undefined, "PARSE_ERROR"), "a")).toMatchObject({ error: { code: "NEAR_REFUSED" } });
  });

  test.for(["TIMEOUT_ERROR", "INTERNAL_ERROR", "UNKNOWN_TRANSACTION"])("%s leaves it open", (causeName) => {
    expect(rejectionOf(refusal("Expired", causeName), "a")).toBeUndefined();
  });

  test("no answer leaves it open", () => {
    expect(rejectionOf(new RpcFailure("node", { kind: "timed-out" }), "a")).toBeUndefined();
  });
});
