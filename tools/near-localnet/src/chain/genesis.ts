import type { State } from "../state/state.ts";
import { NO_CODE, setAccount } from "../state/state.ts";
import { ACCOUNT_BYTES, accessKeyBytes } from "../state/storage-usage.ts";
import type { AccessKey } from "../transaction/action.ts";

/** An account that the chain begins with. */
export interface GenesisAccount {
  readonly accountId: string;
  /** In yoctoNEAR. */
  readonly balance: bigint;
  /** The public key of its full access key, in the form `ed25519:base58`. */
  readonly publicKey: string;
}

/** What the chain begins with. */
export interface Genesis {
  readonly chainId: string;
  /** The age in blocks up to which the block that a transaction names may be old. */
  readonly validityPeriod: number;
  readonly accounts: readonly GenesisAccount[];
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
}

/** Writes the accounts of the beginning to `state`. */
export function writeGenesis(state: State, { accounts }: Genesis): void {
  const accessKey: AccessKey = { nonce: 0n, permission: { kind: "full" } };
  for (const { accountId, balance, publicKey } of accounts) {
    const storageUsage = ACCOUNT_BYTES + accessKeyBytes(publicKey, accessKey);
    setAccount(state, accountId, { balance, storageUsage, codeHash: NO_CODE });
    state.keys.set(accountId, publicKey, accessKey);
  }
}
