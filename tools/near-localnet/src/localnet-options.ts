import { nearToYocto } from "near-api-js";
import type { GenesisAccount } from "./chain/genesis.ts";
import { LocalnetError } from "./chain/localnet-error.ts";
import { localPublicKey } from "./keys.ts";
import type { NodeOptions } from "./local-node.ts";
import { isAccountId } from "./transaction/account-id.ts";

/** Options of `createLocalnet`. */
export interface LocalnetOptions extends NodeOptions {
  /** `localnet` unless said otherwise. */
  readonly chainId?: string;
  /** Accounts that the chain begins with, besides `near`. */
  readonly accounts?: readonly NewAccount[];
  /** A folder that keeps the chain. Without one, it ends with the process. */
  readonly folder?: string;
  /** Milliseconds between blocks. 0, which is usual, makes blocks when they are needed. */
  readonly blockTime?: number;
  /** The age in blocks at which a transaction expires: 86,400 unless said otherwise. */
  readonly validityPeriod?: number;
}

/** An account to be made. */
export interface NewAccount extends AccountOptions {
  readonly accountId: string;
}

/** Options of an account to be made. */
export interface AccountOptions {
  /** In yoctoNEAR: 100 NEAR unless said otherwise. */
  readonly balance?: bigint;
  /**
   * Its full access key, in the form `ed25519:base58`: one of the localnet's unless said otherwise.
   */
  readonly publicKey?: string;
}

/** The account that holds the money. */
export const ROOT = "near";

/** The balance of an account unless said otherwise: 100 NEAR. */
export const DEFAULT_BALANCE: bigint = nearToYocto("100");

const ROOT_BALANCE = nearToYocto("1000000000");

/** Throws `LocalnetError` that tells every option that is not valid. */
export function checkOptions({ blockTime = 0, pollingTimeout = 0, validityPeriod = 1 }: LocalnetOptions): void {
  const faults = [
    ...(blockTime >= 0 ? [] : [`blockTime must be 0 or more milliseconds, and is ${blockTime}`]),
    ...(pollingTimeout >= 0 ? [] : [`pollingTimeout must be 0 or more milliseconds, and is ${pollingTimeout}`]),
    ...(Number.isInteger(validityPeriod) && validityPeriod > 0
      ? []
      : [`validityPeriod must be 1 or more blocks, and is ${validityPeriod}`]),
  ];
  if (faults.length > 0) throw new LocalnetError("BAD_OPTION", faults.join("; "));
}

/** Returns the accounts that a chain begins with. Throws `LocalnetError`. */
export function genesisAccounts(chainId: string, accounts: readonly NewAccount[]): GenesisAccount[] {
  const wrong = accounts.find(({ accountId }) => !isAccountId(accountId));
  if (wrong !== undefined) throw new LocalnetError("BAD_OPTION", `${JSON.stringify(wrong.accountId)} is no account id`);
  return [{ accountId: ROOT, balance: ROOT_BALANCE }, ...accounts].map(
    ({ accountId, balance = DEFAULT_BALANCE, ...rest }) => ({
      accountId,
      balance,
      publicKey:
        "publicKey" in rest && rest.publicKey !== undefined ? rest.publicKey : localPublicKey(chainId, accountId),
    }),
  );
}

/** Returns the account that must create `accountId`. Throws `LocalnetError` if nobody can. */
export function parentOf(accountId: string): string {
  const dot = accountId.indexOf(".");
  if (!isAccountId(accountId) || dot < 0) {
    throw new LocalnetError(
      "BAD_OPTION",
      `${JSON.stringify(accountId)} cannot be made: give an id below another, such as a.near, or list it in accounts`,
    );
  }
  return accountId.slice(dot + 1);
}
