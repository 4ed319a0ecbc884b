import type { ChainName } from "@etrap/ledger";
import type { AnchorClaim, TrustedAnchor } from "@etrap/proof";
import type { Clock } from "@etrap/batcher";
import { createContract } from "./contract/contract.ts";
import type { ContractSettings, NearChainHead } from "./contract/contract.ts";
import type { NearToken } from "./contract/token.ts";
import { agreementOf } from "./agreement-of.ts";
import { createNodes } from "./rpc/nodes.ts";
import type { NodeEvent } from "./rpc/nodes.ts";
import type { NearProvider } from "./rpc/near-provider.ts";
import { platformClock } from "./rpc/platform-clock.ts";

export type { ContractSettings, NearChainHead } from "./contract/contract.ts";
export type { NearToken } from "./contract/token.ts";
export { NearError } from "./near-error.ts";
export type { NearErrorCode } from "./near-error.ts";
export { createNearProvider } from "./rpc/near-provider.ts";
export type { NearProvider, NearProviderOptions } from "./rpc/near-provider.ts";
export type { NodeEvent } from "./rpc/nodes.ts";

/** The contract that a verifier trusts, and the nodes that tell of it. */
export interface NearReaderParts {
  readonly providers: readonly NearProvider[];
  /** The chain id of the network: `mainnet`, `testnet`, or that of a private one. */
  readonly network: string;
  /** The account of the contract. It MUST come from the verifier, never from a bucket or a file. */
  readonly contractId: string;
}

/** Options of `createNearReader`. */
export interface NearReaderOptions {
  /**
   * How many nodes must give the same answer. Default: 2 where two or more are given, else 1. With
   * 1, the node is trusted.
   */
  readonly minAgreement?: number;
  readonly clock?: Clock;
  readonly onEvent?: (event: NodeEvent) => void;
}

/**
 * Looks up what the contract holds, without a key. Every answer is that of a final block, and of as
 * many nodes as must agree. Methods reject with a `NearError`: NEAR_CONTRACT_UNKNOWN,
 * NEAR_DISAGREEMENT, NEAR_WRONG_NETWORK or UNAVAILABLE.
 */
export interface NearReader {
  readonly network: string;
  readonly contractId: string;
  /**
   * Returns the token of a batch. Undefined where a final block shows none. Below the height
   * `since`, a node is behind and its "none" does not count.
   */
  token(batchId: string, since?: number): Promise<NearToken | undefined>;
  /** Returns the newest batch of a chain. Undefined where a final block shows none. */
  chainHead(chain: ChainName): Promise<NearChainHead | undefined>;
  settings(): Promise<ContractSettings>;
  /** Returns how many tokens the contract holds, also those that a restart superseded. */
  supply(): Promise<number>;
  /**
   * Reads all tokens of a database, newest first, also those that a restart superseded. What is
   * minted meanwhile is not among them.
   */
  tokensOf(database: string): AsyncIterable<NearToken>;
  /**
   * Looks up the token that a proof file claims, and returns an anchor for `verifyProof` that
   * answers with it. The claim chooses neither the network nor the contract.
   */
  trust(claim: AnchorClaim): Promise<TrustedAnchor>;
}

/** Creates a reader. Runs in a browser. Throws BAD_OPTIONS. */
export function createNearReader(
  { providers, network, contractId }: NearReaderParts,
  { minAgreement, clock = platformClock, onEvent = () => undefined }: NearReaderOptions = {},
): NearReader {
  const agreement = agreementOf(providers.length, minAgreement);
  const nodes = createNodes({ providers, network, minAgreement: agreement, clock, onEvent });
  const contract = createContract(nodes, contractId);
  const token = async (batchId: string, since?: number): Promise<NearToken | undefined> =>
    contract.token(batchId, since === undefined ? {} : { since });
  return {
    network,
    contractId,
    token,
    chainHead: async (chain) => contract.chainHead(chain),
    settings: async () => contract.settings(),
    supply: async () => (await contract.funds()).batches,
    async *tokensOf(database) {
      let before: string | null = null;
      do {
        const { tokens, next }: Awaited<ReturnType<typeof contract.page>> = await contract.page(database, before);
        yield* tokens;
        before = next;
      } while (before !== null);
    },
    async trust(claim) {
      if (claim.network !== network || claim.contract !== contractId)
        return { network, contract: contractId, lookUp: unasked };
      const held = await token(claim.token_id, claim.block_height);
      return { network, contract: contractId, lookUp: (asked) => answerTo(asked, claim, held) };
    },
  };
}

/** `verifyProof` refuses a claim of another network or contract before it asks. */
function unasked(): never {
  throw new Error("the claim is of another contract");
}

function answerTo(
  asked: AnchorClaim,
  claim: AnchorClaim,
  held: NearToken | undefined,
): ReturnType<TrustedAnchor["lookUp"]> {
  if (asked.token_id !== claim.token_id) throw new Error("another token was asked for than the one looked up");
  return held;
}
