import type { KeyPairString } from "near-api-js";
import { actions, PublicKey } from "near-api-js";
import { openChain } from "./chain/open-chain.ts";
import { createProducer } from "./chain/producer.ts";
import { localKey, localPublicKey } from "./keys.ts";
import type { ChainParts, LocalnetNode, NodeOptions } from "./local-node.ts";
import { startNode } from "./local-node.ts";
import type { AccountOptions, LocalnetOptions } from "./localnet-options.ts";
import { checkOptions, DEFAULT_BALANCE, genesisAccounts, parentOf, ROOT } from "./localnet-options.ts";
import type { FaultPlan } from "./serving/fault.ts";
import { transact } from "./transact.ts";

/** An account that was made. */
export interface LocalnetAccount {
  readonly accountId: string;
  /** The key that the localnet gave it. It is not the account's where that was given one. */
  readonly secretKey: KeyPairString;
}

/** A NEAR chain in this process, with one node or more. */
export interface Localnet {
  /** The address of the first node. */
  readonly url: string;
  readonly chainId: string;
  /** The account `near`, which holds the money. */
  readonly root: LocalnetAccount;
  /**
   * Makes an account, whose money comes from `near`. Its parent must be an account of the
   * localnet's.
   */
  readonly createAccount: (accountId: string, options?: AccountOptions) => Promise<LocalnetAccount>;
  /** Sets the contract of an account that has the localnet's key. */
  readonly deploy: (accountId: string, wasm: Uint8Array) => Promise<void>;
  /** Makes blocks at once: one unless said otherwise. */
  readonly advance: (count?: number) => void;
  /** Returns the height of the newest block. */
  readonly height: () => number;
  /** Sets what goes wrong with the requests to the first node. */
  readonly setFault: (fault: FaultPlan | undefined) => void;
  /** Starts a further node of the same chain. */
  readonly addNode: (options?: NodeOptions) => Promise<LocalnetNode>;
  readonly close: () => Promise<void>;
}

/** Starts a NEAR chain and its first node. Throws `LocalnetError`. */
export async function createLocalnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const { blockTime = 0, chainId = "localnet", folder, validityPeriod = 86_400 } = options;
  checkOptions(options);
  const accounts = genesisAccounts(chainId, options.accounts ?? []);
  const timestamp = BigInt(Date.now()) * 1_000_000n;
  const kept = openChain({ chainId, validityPeriod, timestamp, accounts }, folder);
  const parts = { chain: kept.chain, producer: createProducer(kept, blockTime) };
  const first = await startNode(parts, options);
  const nodes = [first];
  return {
    ...accountMethods(parts),
    url: first.url,
    chainId,
    advance: (count = 1) => parts.producer.advance(count),
    height: () => kept.chain.head().height,
    setFault: first.setFault,
    addNode: async (nodeOptions = {}) => {
      const node = await startNode(parts, nodeOptions);
      nodes.push(node);
      return node;
    },
    close: async () => {
      parts.producer.stop();
      await Promise.all(nodes.map((node) => node.close()));
      kept.close();
    },
  };
}

function accountMethods(parts: ChainParts): Pick<Localnet, "root" | "createAccount" | "deploy"> {
  const { chainId } = parts.chain.genesis;
  const accountOf = (accountId: string): LocalnetAccount => ({ accountId, secretKey: localKey(chainId, accountId) });
  return {
    root: accountOf(ROOT),
    createAccount: async (accountId, { balance = DEFAULT_BALANCE, publicKey } = {}) => {
      const signerId = parentOf(accountId);
      const key = actions.addFullAccessKey(PublicKey.fromString(publicKey ?? localPublicKey(chainId, accountId)));
      await transact(parts, { signerId, receiverId: accountId, actions: [actions.createAccount(), key] });
      if (balance > 0n)
        await transact(parts, { signerId: ROOT, receiverId: accountId, actions: [actions.transfer(balance)] });
      return accountOf(accountId);
    },
    deploy: (accountId, wasm) =>
      transact(parts, { signerId: accountId, receiverId: accountId, actions: [actions.deployContract(wasm)] }),
  };
}
