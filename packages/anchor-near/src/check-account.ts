import type { Signer } from "near-api-js";
import type { Contract, ContractFunds, ContractSettings } from "./contract/contract.ts";
import { nearOf } from "./mint/error-of-rejection.ts";
import { NearError } from "./near-error.ts";
import { viewAccessKey, viewAccount, viewGasPrice } from "./rpc/account-views.ts";
import type { AccountView } from "./rpc/account-views.ts";
import type { Nodes } from "./rpc/nodes.ts";
import { RpcFailure } from "./rpc/rpc-failure.ts";

/** What a check found. Amounts are in yoctoNEAR. */
export interface AccountReport {
  readonly contract: ContractSettings;
  readonly account: { readonly balance: bigint; readonly isFullAccessKey: boolean };
  readonly contractFunds: ContractFunds;
  /** The price of a unit of gas. */
  readonly gasPrice: bigint;
  /** What one batch costs the account, and what it locks of the contract's balance. */
  readonly costOfBatch: { readonly gas: bigint; readonly storage: bigint };
  /** For how many batches the balances last. */
  readonly batchesLeft: { readonly account: number; readonly contract: number };
}

/** What is checked. */
export interface CheckedParts {
  readonly nodes: Nodes;
  readonly contract: Contract;
  readonly accountId: string;
  readonly signers: readonly Signer[];
}

/** The price of a byte in yoctoNEAR, on every network. */
const BYTE_PRICE = 10n ** 19n;
/** What a batch takes of the contract's storage, in bytes, and of gas. Measured: see its README. */
const BATCH_BYTES = 281n;
const BATCH_GAS = 3_300_000_000_000n;
/** The gas that must be paid ahead for one batch, at most ten times its price. */
const PREPAID_GAS = 13_000_000_000_000n;

/** Checks all that minting needs, in the order in which an operator sets it up. */
export async function checkAccount(parts: CheckedParts, signal?: AbortSignal): Promise<AccountReport> {
  const { nodes, contract, accountId, signers } = parts;
  await nodes.checkNetwork();
  const account = await readAccount(parts, signal);
  const keys = await Promise.all(signers.map(async (signer) => checkKey(parts, signer, signal)));
  const settings = await contract.settings(signal);
  if (!settings.minters.includes(accountId))
    throw new NearError(
      "NEAR_NOT_A_MINTER",
      `${accountId} is no minter of ${contract.contractId}; ask its owner ${settings.ownerId} to call add_minter for it`,
    );
  if (settings.isPaused)
    throw new NearError(
      "NEAR_PAUSED",
      `minting is paused in ${contract.contractId}; its owner ${settings.ownerId} can call unpause`,
    );
  const gasPrice = await nodes.first(async (node) => viewGasPrice(node, signal));
  const contractFunds = await contract.funds(signal);
  const cost = { gas: BATCH_GAS * gasPrice, storage: BATCH_BYTES * BYTE_PRICE };
  const free = freeBalance(account);
  const contractFree =
    contractFunds.balance - BigInt(contractFunds.storageBytes) * BYTE_PRICE - contractFunds.reserveFloor;
  const report = {
    contract: settings,
    account: { balance: account.balance, isFullAccessKey: keys.includes("full") },
    contractFunds,
    gasPrice,
    costOfBatch: cost,
    batchesLeft: { account: quotient(free, cost.gas), contract: quotient(contractFree, cost.storage) },
  };
  const needed = PREPAID_GAS * gasPrice;
  if (free < needed)
    throw new NearError(
      "NEAR_INSUFFICIENT_FUNDS",
      `${accountId} has ${nearOf(free)} NEAR to spend, and the gas of a batch must be paid ahead with ${nearOf(needed)}; send it ${nearOf(needed - free)} NEAR or more. 1 NEAR lasts for about ${quotient(10n ** 24n, cost.gas)} batches`,
    );
  if (report.batchesLeft.contract === 0)
    throw new NearError(
      "NEAR_CONTRACT_FUNDS",
      `${contract.contractId} has no balance left for the storage of a batch above its reserve; send it NEAR. 1 NEAR lasts for about ${quotient(10n ** 24n, cost.storage)} batches`,
    );
  return report;
}

async function readAccount({ nodes, accountId }: CheckedParts, signal?: AbortSignal): Promise<AccountView> {
  try {
    return await nodes.agree(
      async (node) => viewAccount(node, accountId, signal),
      ({ balance, storageBytes }) => `${balance} ${storageBytes}`,
      signal,
    );
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    throw new NearError("NEAR_ACCOUNT_UNKNOWN", `there is no account ${accountId}; check its name and the network`);
  }
}

async function checkKey(
  { nodes, contract, accountId }: CheckedParts,
  signer: Signer,
  signal?: AbortSignal,
): Promise<"full" | "limited"> {
  const publicKey = (await signer.getPublicKey()).toString();
  try {
    const { limits } = await nodes.agree(
      async (node) => viewAccessKey(node, { accountId, publicKey, finality: "final" }, signal),
      ({ limits: each }) => JSON.stringify([each?.receiverId, each?.methods]),
      signal,
    );
    if (limits === undefined) return "full";
    const mayMint = ["mint_batch", "mint_batches"].every(
      (method) => limits.methods.length === 0 || limits.methods.includes(method),
    );
    if (limits.receiverId !== contract.contractId || !mayMint)
      throw new NearError(
        "NEAR_KEY_NOT_ALLOWED",
        `the key ${publicKey} of ${accountId} may call ${limits.methods.join(", ") || "all methods"} of ${limits.receiverId}; add a key that may call mint_batch and mint_batches of ${contract.contractId}`,
      );
    return "limited";
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    throw new NearError(
      "NEAR_KEY_UNKNOWN",
      `${accountId} does not have the key ${publicKey}; add it to the account, or set its private key`,
    );
  }
}

function freeBalance({ balance, storageBytes }: AccountView): bigint {
  // Up to 770 bytes of an account need no balance.
  const locked = storageBytes <= 770 ? 0n : BigInt(storageBytes) * BYTE_PRICE;
  return balance > locked ? balance - locked : 0n;
}

function quotient(amount: bigint, cost: bigint): number {
  return amount <= 0n || cost === 0n ? 0 : Number(amount / cost);
}
