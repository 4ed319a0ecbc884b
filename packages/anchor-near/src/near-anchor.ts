import type { Anchor, Clock, Publication, PublishOutcome } from "@etrap/batcher";
import type { Signer } from "near-api-js";
import pLimit from "p-limit";
import { agreementOf } from "./agreement-of.ts";
import { checkAccount } from "./check-account.ts";
import type { AccountReport } from "./check-account.ts";
import { createContract } from "./contract/contract.ts";
import type { LedgerLocation } from "./contract/mint-arguments.ts";
import { createKeyLane } from "./mint/key-lane.ts";
import type { KeyLane } from "./mint/key-lane.ts";
import { chainText, publishBatches } from "./mint/publish.ts";
import { NearError } from "./near-error.ts";
import type { NearProvider } from "./rpc/near-provider.ts";
import { createNodes } from "./rpc/nodes.ts";
import type { NodeEvent } from "./rpc/nodes.ts";
import { platformClock } from "./rpc/platform-clock.ts";

/** What an anchor on NEAR is made of. */
export interface NearAnchorParts {
  /** The ways to RPC nodes of the network. Two or more are needed not to trust one. */
  readonly providers: readonly NearProvider[];
  /** The chain id of the network: `mainnet`, `testnet`, or that of a private one. */
  readonly network: string;
  /** The account that mints, which the contract's owner has named a minter. */
  readonly accountId: string;
  /**
   * A key of that account or several, each with at most one transaction on its way. A chain is
   * always minted with the same one. Each process MUST have keys of its own to be fast.
   */
  readonly signer: Signer | readonly Signer[];
  /** The account of the notary contract. */
  readonly contractId: string;
  /** Where the ledger is, for the reference in each token. */
  readonly location: LedgerLocation;
}

/** Options of `createNearAnchor`. */
export interface NearAnchorOptions {
  /**
   * How many nodes must report the same final outcome. Default: 2 where two or more are given, else
   * 1. With 1, the node is trusted.
   */
  readonly minAgreement?: number;
  /**
   * The number of blocks after which the network takes a transaction no more. Default: 86,400, as
   * on mainnet and testnet.
   */
  readonly validityPeriod?: number;
  readonly clock?: Clock;
  readonly onEvent?: (event: NodeEvent) => void;
}

/**
 * An anchor on NEAR. It keeps no state: the contract mints a batch once, so after anything unclear
 * the contract is asked what it holds.
 */
export interface NearAnchor extends Anchor {
  /**
   * Checks nodes, account, key, contract and funds, and returns what was found. Rejects with a
   * `NearError` whose message has the remedy.
   */
  check(signal?: AbortSignal): Promise<AccountReport>;
}

/** Creates an anchor on NEAR. Nothing is asked yet. Throws BAD_OPTIONS. */
export function createNearAnchor(parts: NearAnchorParts, options: NearAnchorOptions = {}): NearAnchor {
  const { providers, network, accountId, contractId, location } = parts;
  const { minAgreement, validityPeriod = 86_400, clock = platformClock, onEvent = () => undefined } = options;
  const signers: readonly Signer[] = [parts.signer].flat();
  if (signers.length === 0) throw new NearError("BAD_OPTIONS", "expected a key of the account that mints");
  const agreement = agreementOf(providers.length, minAgreement);
  const nodes = createNodes({ providers, network, minAgreement: agreement, clock, onEvent });
  const contract = createContract(nodes, contractId);
  const lanes = signers.map((signer) => ({
    lane: createKeyLane({ nodes, signer, accountId, contractId, clock, validityPeriod }),
    // A key's next transaction needs the nonce after its last one.
    oneAtATime: pLimit(1),
  }));
  const laneOf = new Map<string, number>();
  /** The chains of which the contract holds a batch. */
  const begun = new Set<string>();
  let owner: Promise<string> | undefined;

  const readOwner = async (isFresh: boolean): Promise<string> => {
    if (isFresh) owner = undefined;
    owner ??= contract.settings().then(({ ownerId }) => ownerId);
    // A failure must not be remembered.
    owner.catch(() => (owner = undefined));
    return owner;
  };
  const chainHead: Anchor["chainHead"] = async (chain) => {
    const head = await contract.chainHead(chain);
    if (head === undefined) return undefined;
    begun.add(chainText(chain));
    const { seq, digest, firstSeq } = head;
    return { seq, digest, firstSeq };
  };
  /** Our contract lets a chain begin at any seq, so whether it may is decided here. */
  const mayBegin = async ({ header, begins = false }: Publication): Promise<boolean> =>
    begins || header.seq === 0 || begun.has(chainText(header)) || (await chainHead(header)) !== undefined;

  const publishOn = async (
    { lane, oneAtATime }: { readonly lane: KeyLane; readonly oneAtATime: (typeof lanes)[number]["oneAtATime"] },
    publications: readonly Publication[],
    signal: AbortSignal,
  ): Promise<Map<Publication, PublishOutcome>> => {
    const late = new Set<string>();
    for (const publication of publications)
      if (!late.has(chainText(publication.header))) {
        const isFirst =
          publications.find(({ header }) => chainText(header) === chainText(publication.header)) === publication;
        if (isFirst && !(await mayBegin(publication))) late.add(chainText(publication.header));
      }
    const sendable = publications.filter(({ header }) => !late.has(chainText(header)));
    const outcomes = await oneAtATime(async () =>
      publishBatches({ network, contract, location, lane, signal, owner: readOwner }, sendable),
    );
    for (const [{ header }, outcome] of outcomes) if (outcome.kind === "anchored") begun.add(chainText(header));
    const error = new NearError("NOT_NEXT", "the contract holds nothing of this chain, so it must begin with seq 0");
    for (const publication of publications)
      if (!outcomes.has(publication)) outcomes.set(publication, { kind: "failed", error });
    return outcomes;
  };

  return {
    chainHead,
    async publish(publications, signal) {
      if (signal.aborted) throw new NearError("UNAVAILABLE", "the call was ended; nothing was sent");
      const shares = lanes.map(({ lane, oneAtATime }) => ({ lane, oneAtATime, publications: [] as Publication[] }));
      for (const publication of publications) {
        const chain = chainText(publication.header);
        const index = laneOf.get(chain) ?? laneOf.size % lanes.length;
        laneOf.set(chain, index);
        shares[index]?.publications.push(publication);
      }
      const outcomes = await Promise.all(
        shares.map(async (share) =>
          share.publications.length === 0 ? new Map() : publishOn(share, share.publications, signal),
        ),
      );
      const all = new Map(outcomes.flatMap((each) => Array.from(each)));
      return publications.map(
        (each): PublishOutcome =>
          all.get(each) ?? { kind: "failed", error: new NearError("UNAVAILABLE", "it was not sent") },
      );
    },
    check: async (signal) => checkAccount({ nodes, contract, accountId, signers }, signal),
  };
}
