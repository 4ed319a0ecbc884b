import { expect, test } from "vitest";
import { errorOfFailure } from "./error-of-failure.ts";

const GIVE_NEAR = "send NEAR to the contract's account";
const CHECK_ACCOUNT = "check the account of the contract and the network";
const TOO_MUCH_GAS = "the call needs more gas than a call may have";
const NOT_TAKEN = "the contract does not take this batch";

test.for([
  ["ERR_GAP: expected seq 2", "NOT_NEXT", true, "the contract holds an earlier head of this chain"],
  [
    "ERR_FORK: expected seq 2",
    "NOT_NEXT",
    true,
    "the contract holds another batch in its place; etrap audit compares them",
  ],
  [
    "ERR_ALREADY_MINTED: other content",
    "BATCH_CONFLICT",
    true,
    "another batch stands under this id; the owner can restart its chain",
  ],
  [
    "ERR_NOT_ALLOWED: x is no minter",
    "NEAR_NOT_A_MINTER",
    false,
    "ask the contract's owner to call add_minter for this account",
  ],
  ["ERR_PAUSED: the owner paused minting", "NEAR_PAUSED", false, "the contract's owner can call unpause"],
  ["ERR_RESERVE: below its reserve", "NEAR_CONTRACT_FUNDS", false, GIVE_NEAR],
  ["ERR_BAD_METADATA: title", "NEAR_REFUSED", true, NOT_TAKEN],
  ['{"LackBalanceForState":{"amount":"1"}}', "NEAR_CONTRACT_FUNDS", false, GIVE_NEAR],
  ["Exceeded the prepaid gas.", "NEAR_REFUSED", true, TOO_MUCH_GAS],
  ["Exceeded the maximum amount of gas allowed to burn per contract.", "NEAR_REFUSED", true, TOO_MUCH_GAS],
  ['{"CodeDoesNotExist":{"account_id":"x"}}', "NEAR_CONTRACT_UNKNOWN", false, CHECK_ACCOUNT],
  ['{"AccountDoesNotExist":{"account_id":"x"}}', "NEAR_CONTRACT_UNKNOWN", false, CHECK_ACCOUNT],
  ["MethodNotFound", "NEAR_CONTRACT_UNKNOWN", false, CHECK_ACCOUNT],
  ['{"MethodResolveError":"MethodEmptyName"}', "NEAR_CONTRACT_UNKNOWN", false, CHECK_ACCOUNT],
  ['{"CompilationError":{}}', "NEAR_CONTRACT_UNKNOWN", false, CHECK_ACCOUNT],
  ["something else", "NEAR_REFUSED", true, NOT_TAKEN],
  ["", "NEAR_REFUSED", true, NOT_TAKEN],
] as const)("%s is %s", ([reason, code, isAboutOneBatch, remedy]) => {
  const { error, isAboutOneBatch: isAboutOne } = errorOfFailure(reason);
  expect({ code: error.code, isAboutOne }).toEqual({ code, isAboutOne: isAboutOneBatch });
  expect(error.message).toBe(`the contract refused: ${reason}; ${remedy}`);
});

test.for([
  "err_paused: small letters",
  "XERR_PAUSED: behind a letter",
  "ERR_PAUSED without its colon",
  "ERR_PAUSED:without its space",
  "ERR_: no name",
  "ERR___PROTO__: no code of the contract",
  "ERR_TOSTRING: no code of the contract",
])("%s is no code of the contract", (reason) => {
  expect(errorOfFailure(reason)).toMatchObject({ error: { code: "NEAR_REFUSED" }, isAboutOneBatch: true });
});

test("the contract's own code comes before what its words quote", () => {
  const quoted = "ERR_FORK: expected ERR_PAUSED: CodeDoesNotExist, LackBalanceForState";
  expect(errorOfFailure(quoted)).toMatchObject({ error: { code: "NOT_NEXT" }, isAboutOneBatch: true });
});
