import * as v from "valibot";
import { callView } from "../chain/call-view.ts";
import type { Chain } from "../chain/chain.ts";

/** A token of a contract that has the standard's enumeration. */
export interface ShownToken {
  readonly contractId: string;
  readonly tokenId: string;
  readonly ownerId: string;
  readonly title: string;
}

const tokensSchema = v.array(
  v.object({
    token_id: v.string(),
    owner_id: v.string(),
    metadata: v.nullish(v.object({ title: v.nullish(v.string()) })),
  }),
);

/** A page costs no more than this for each contract, also where that runs for ever. */
const GAS = 30_000_000_000_000n;
const LIMIT = 50;

/** Returns the first tokens of a contract, or none if it does not answer `nft_tokens`. */
export function readTokens(chain: Chain, contractId: string): ShownToken[] {
  const outcome = callView(chain, {
    accountId: contractId,
    block: chain.head(),
    method: "nft_tokens",
    input: Buffer.from(JSON.stringify({ from_index: "0", limit: LIMIT })),
    gas: GAS,
  });
  if (outcome === undefined || outcome.failure !== undefined || outcome.returned.kind !== "value") return [];
  return parseTokens(outcome.returned.value).map(({ token_id: tokenId, owner_id: ownerId, metadata }) => ({
    contractId,
    tokenId,
    ownerId,
    title: metadata?.title ?? "",
  }));
}

function parseTokens(bytes: Uint8Array): v.InferOutput<typeof tokensSchema> {
  try {
    const result = v.safeParse(tokensSchema, JSON.parse(Buffer.from(bytes).toString()));
    return result.success ? result.output : [];
  } catch {
    return [];
  }
}
