import { NearError } from "../near-error.ts";
import type { NearErrorCode } from "../near-error.ts";

/** What a refusal is about: one batch, or every mint of this account. */
export interface Refusal {
  readonly error: NearError;
  readonly isAboutOneBatch: boolean;
}

type Meaning = readonly [code: NearErrorCode, isAboutOneBatch: boolean, remedy: string];

/** The contract's codes: see the README of `@etrap/notary-contract`. */
const CONTRACT_CODES: Readonly<Record<string, Meaning>> = {
  GAP: ["NOT_NEXT", true, "the contract holds an earlier head of this chain"],
  FORK: ["NOT_NEXT", true, "the contract holds another batch in its place; etrap audit compares them"],
  ALREADY_MINTED: ["BATCH_CONFLICT", true, "another batch stands under this id; the owner can restart its chain"],
  NOT_ALLOWED: ["NEAR_NOT_A_MINTER", false, "ask the contract's owner to call add_minter for this account"],
  PAUSED: ["NEAR_PAUSED", false, "the contract's owner can call unpause"],
  RESERVE: ["NEAR_CONTRACT_FUNDS", false, "send NEAR to the contract's account"],
};

/** Words of nodes in failures that are not the contract's. */
const NODE_WORDS: readonly (readonly [RegExp, ...Meaning])[] = [
  [/LackBalanceForState/, "NEAR_CONTRACT_FUNDS", false, "send NEAR to the contract's account"],
  [
    /Exceeded the (prepaid|maximum amount of) gas/,
    "NEAR_REFUSED",
    true,
    "the call needs more gas than a call may have",
  ],
  [
    /CodeDoesNotExist|AccountDoesNotExist|MethodNotFound|MethodResolveError|CompilationError/,
    "NEAR_CONTRACT_UNKNOWN",
    false,
    "check the account of the contract and the network",
  ],
];

/** Returns what an executed transaction that failed means. */
export function errorOfFailure(reason: string): Refusal {
  const code = /\bERR_([A-Z_]+): /.exec(reason)?.[1];
  const known = code === undefined ? undefined : CONTRACT_CODES[code];
  const [, ...byNode] = NODE_WORDS.find(([words]) => words.test(reason)) ?? [];
  const [name, isAboutOneBatch, remedy] =
    known ??
    (byNode.length > 0
      ? (byNode as unknown as Meaning)
      : (["NEAR_REFUSED", true, "the contract does not take this batch"] as const));
  return { error: new NearError(name, `the contract refused: ${reason}; ${remedy}`), isAboutOneBatch };
}
