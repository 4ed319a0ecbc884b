import type { Block } from "./block.ts";
import type { Chain } from "./chain.ts";
import type { Genesis } from "./genesis.ts";
import type { BlockLine, GenesisLine } from "./journal-lines.ts";

/** Returns the journal's line for a block of `chain`. */
export function blockLine({ archive }: Chain, { hash, height, timestamp }: Block): BlockLine {
  const transactions = archive.transactionsOf(height).map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  return { hash, timestamp: `${timestamp}`, transactions };
}

/** Returns the journal's line for the beginning of a chain. */
export function genesisLine({ accounts, chainId, timestamp, validityPeriod }: Genesis): GenesisLine {
  return {
    version: 1,
    chainId,
    validityPeriod,
    timestamp: `${timestamp}`,
    accounts: accounts.map((account) => ({ ...account, balance: `${account.balance}` })),
  };
}

/** Returns the beginning of a chain that `genesisLine` wrote. */
export function genesisOf({ accounts, chainId, timestamp, validityPeriod }: GenesisLine): Genesis {
  return {
    chainId,
    validityPeriod,
    timestamp: BigInt(timestamp),
    accounts: accounts.map((account) => ({ ...account, balance: BigInt(account.balance) })),
  };
}
