import type { ChainHead } from "@etrap/batcher";
import type { ChainName } from "@etrap/ledger";
import * as v from "valibot";
import { NearError } from "../near-error.ts";
import type { Nodes } from "../rpc/nodes.ts";
import { RpcFailure } from "../rpc/rpc-failure.ts";
import { parseToken } from "./token.ts";
import type { NearToken } from "./token.ts";
import { view } from "./view.ts";

/** The newest batch of a chain that the contract holds, and where the chain begins in it. */
export interface NearChainHead extends ChainHead {
  readonly firstSeq: number;
  /** How often the owner restarted the chain. */
  readonly term: number;
  readonly tokenId: string;
}

/** A page of tokens. */
interface TokenPage {
  readonly tokens: readonly NearToken[];
  /** Null at the end. */
  readonly next: string | null;
}

/** Who may do what in the contract. */
export interface ContractSettings {
  readonly organization: string;
  readonly ownerId: string;
  readonly minters: readonly string[];
  readonly isPaused: boolean;
}

/** What the contract's storage costs and how long its balance lasts. Amounts are in yoctoNEAR. */
export interface ContractFunds {
  readonly batches: number;
  readonly storageBytes: number;
  readonly balance: bigint;
  readonly reserveFloor: bigint;
}

/** How to look a token up. */
interface LookUpOptions {
  /** The height that a node must have reached before "there is none" counts. Default: 0. */
  readonly since?: number;
  readonly signal?: AbortSignal;
}

/**
 * The views of the contract, each at a final block and as enough nodes agree. They reject with
 * NEAR_CONTRACT_UNKNOWN where there is no contract of ETRAP, NEAR_DISAGREEMENT, NEAR_WRONG_NETWORK
 * or UNAVAILABLE.
 */
export interface Contract {
  readonly contractId: string;
  /** Returns a token. Undefined where a final block shows none. */
  token(tokenId: string, options?: LookUpOptions): Promise<NearToken | undefined>;
  /** Returns the head of a chain. Undefined where a final block shows none. */
  chainHead(chain: ChainName, signal?: AbortSignal): Promise<NearChainHead | undefined>;
  /**
   * Returns a page of a database's tokens, newest first. `before` is the `next` of the page before.
   */
  page(database: string, before: string | null): Promise<TokenPage>;
  settings(signal?: AbortSignal): Promise<ContractSettings>;
  funds(signal?: AbortSignal): Promise<ContractFunds>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const yocto = v.pipe(
  v.string(),
  v.digits(),
  v.transform((digits) => BigInt(digits)),
);

const headSchema = v.nullable(
  v.object({
    seq: count,
    digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    token_id: v.string(),
    first_seq: count,
    term: count,
  }),
);
const pageSchema = v.object({ batches: v.array(v.unknown()), next: v.nullable(v.string()) });
const settingsSchema = v.object({
  organization: v.string(),
  owner_id: v.string(),
  minters: v.array(v.string()),
  paused: v.boolean(),
});
const fundsSchema = v.object({ batches: count, storage_bytes: count, balance: yocto, reserve_floor: yocto });

/** The largest number of tokens that a page has. */
const PAGE_SIZE = 100;

/** Creates the views of a contract. */
export function createContract(nodes: Nodes, contractId: string): Contract {
  const unknown = (why: string): NearError =>
    new NearError(
      "NEAR_CONTRACT_UNKNOWN",
      `${contractId}: expected the notary contract of ETRAP, found ${why}; check the account of the contract and the network`,
    );
  const ask = async (
    call: { readonly method: string; readonly args: object },
    { since = 0, signal }: LookUpOptions = {},
  ): Promise<unknown> => {
    try {
      const { json } = await nodes.agree(
        async (node) => {
          const answer = await view(node, { contractId, ...call }, signal);
          // A node that is behind does not know yet what others know.
          if (answer.json === "null" && answer.blockHeight < since)
            throw new RpcFailure(`${node.name}: is behind, its final block is ${answer.blockHeight}`, {
              kind: "bad-answer",
            });
          return answer;
        },
        (answer) => answer.json,
        signal,
      );
      return JSON.parse(json);
    } catch (error) {
      if (error instanceof SyntaxError) throw unknown("one that does not answer with JSON");
      if (!(error instanceof RpcFailure)) throw error;
      throw unknown(meaningOf(error));
    }
  };
  const parse = <T>(schema: v.GenericSchema<unknown, T>, value: unknown): T => {
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) throw unknown("one with other answers");
    return parsed.output;
  };

  return {
    contractId,
    async token(tokenId, options) {
      const value = await ask({ method: "nft_token", args: { token_id: tokenId } }, options);
      if (value === null) return undefined;
      const token = parseToken(value);
      if (token === undefined) throw unknown("one with other tokens");
      return token;
    },
    async chainHead({ database, schema, table }, signal) {
      const value = await ask({ method: "get_chain_head", args: { database, schema, table } }, optional(signal));
      const head = parse(headSchema, value);
      if (head === null) return undefined;
      const { seq, digest, token_id: tokenId, first_seq: firstSeq, term } = head;
      return { seq, digest, tokenId, firstSeq, term };
    },
    async page(database, before) {
      const args = { database, limit: PAGE_SIZE, ...(before !== null && { before }) };
      const { batches, next } = parse(pageSchema, await ask({ method: "get_batches_by_database", args }));
      const tokens = batches.map(parseToken);
      if (!tokens.every((token) => token !== undefined)) throw unknown("one with other tokens");
      return { tokens, next };
    },
    async settings(signal) {
      const value = await ask({ method: "get_settings", args: {} }, optional(signal));
      const { organization, owner_id: ownerId, minters, paused: isPaused } = parse(settingsSchema, value);
      return { organization, ownerId, minters, isPaused };
    },
    async funds(signal) {
      const value = await ask({ method: "get_batch_stats", args: {} }, optional(signal));
      const { batches, storage_bytes: storageBytes, balance, reserve_floor: reserveFloor } = parse(fundsSchema, value);
      return { batches, storageBytes, balance, reserveFloor };
    },
  };
}

function optional(signal: AbortSignal | undefined): LookUpOptions {
  return signal === undefined ? {} : { signal };
}

function meaningOf({ causeName, detail }: RpcFailure): string {
  const text = JSON.stringify(detail ?? null);
  if (causeName === "UNKNOWN_ACCOUNT") return "no such account";
  if (causeName === "NO_CONTRACT_CODE" || text.includes("CodeDoesNotExist")) return "an account without a contract";
  if (text.includes("MethodNotFound") || text.includes("MethodResolveError")) return "another contract";
  return `an account that refuses (${causeName})`;
}
