import * as v from "valibot";
import { NearError } from "../near-error.ts";
import type { RpcFailure } from "../rpc/rpc-failure.ts";

/**
 * Why a node does not take a transaction. Nothing of it was executed, unless it was sent before.
 */
export type Rejection =
  /** Another transaction of the key has taken its nonce, or it was executed itself. */
  | { readonly kind: "nonce" }
  /** The block that it names is too old, or the node does not know it yet. */
  | { readonly kind: "expired" }
  /** It may be taken later. */
  | { readonly kind: "later"; readonly why: string }
  /** It will never be taken. */
  | { readonly kind: "refused"; readonly error: NearError };

const causeSchema = v.object({
  data: v.object({ TxExecutionError: v.object({ InvalidTxError: v.unknown() }) }),
});

/** Returns the rejection that a failure means. Undefined where it is unclear what became of it. */
export function rejectionOf(failure: RpcFailure, accountId: string): Rejection | undefined {
  if (failure.kind !== "refused") return undefined;
  const { causeName } = failure;
  // Refused before it was looked at: the node takes no such request.
  if (causeName === "PARSE_ERROR")
    return {
      kind: "refused",
      error: new NearError("NEAR_REFUSED", `${failure.message}: the transaction is too large or not valid`),
    };
  if (causeName !== "INVALID_TRANSACTION") return undefined;
  const parsed = v.safeParse(causeSchema, failure.detail);
  const cause = parsed.success ? parsed.output.data.TxExecutionError.InvalidTxError : undefined;
  const text = (typeof cause === "string" ? cause : JSON.stringify(cause)) ?? "";
  if (text.includes("InvalidNonce")) return { kind: "nonce" };
  if (text === "Expired") return { kind: "expired" };
  if (/ShardCongested|ShardStuck|NonceTooLarge/.test(text))
    return { kind: "later", why: `${failure.message}: ${text.slice(0, 100)}` };
  return { kind: "refused", error: errorOf(text, cause, accountId) };
}

const balanceSchema = v.object({
  NotEnoughBalance: v.object({ balance: v.pipe(v.string(), v.digits()), cost: v.pipe(v.string(), v.digits()) }),
});

function errorOf(text: string, cause: unknown, accountId: string): NearError {
  const funds = v.safeParse(balanceSchema, cause);
  if (funds.success) {
    const { balance, cost } = funds.output.NotEnoughBalance;
    const missing = BigInt(cost) - BigInt(balance);
    return new NearError(
      "NEAR_INSUFFICIENT_FUNDS",
      `${accountId} cannot pay the gas: it has ${nearOf(BigInt(balance))} NEAR, and ${nearOf(missing)} NEAR are missing; send it NEAR`,
    );
  }
  const known = [
    [
      "NotEnoughAllowance",
      "NEAR_ALLOWANCE_USED",
      `the allowance of the key of ${accountId} is used up; give the account another key`,
    ],
    [
      "LackBalanceForState",
      "NEAR_INSUFFICIENT_FUNDS",
      `${accountId} needs its balance for its own storage; send it NEAR`,
    ],
    [
      "AccessKeyNotFound",
      "NEAR_KEY_UNKNOWN",
      `${accountId} does not have this key; add it to the account, or set its private key`,
    ],
    ["SignerDoesNotExist", "NEAR_ACCOUNT_UNKNOWN", `there is no account ${accountId}; check its name and the network`],
    [
      "ReceiverMismatch",
      "NEAR_KEY_NOT_ALLOWED",
      `the key of ${accountId} may not call this contract; add a key for its mint_batch and mint_batches`,
    ],
    [
      "MethodNameMismatch",
      "NEAR_KEY_NOT_ALLOWED",
      `the key of ${accountId} may not mint; add a key for mint_batch and mint_batches`,
    ],
  ] as const;
  const match = known.find(([name]) => text.includes(name));
  if (match !== undefined) return new NearError(match[1], match[2]);
  return new NearError("NEAR_REFUSED", `the network does not take the transaction: ${text.slice(0, 200)}`);
}

/** Returns an amount in NEAR, with five digits after the point. */
export function nearOf(yocto: bigint): string {
  return (Number(yocto / 10n ** 18n) / 1e6).toFixed(5);
}
