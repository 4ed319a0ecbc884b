import type { ChainName } from "@etrap/ledger";
import type { AnchoredBatch } from "@etrap/proof";
import * as v from "valibot";

/** A token of the contract: a batch as the contract states it. */
export interface NearToken extends AnchoredBatch {
  readonly chain: ChainName;
  /** The time of the block that minted it, in nanoseconds since 1970 UTC. */
  readonly anchored_at: string;
  readonly block_height: number;
  readonly superseded: boolean;
  /** The account of the organization, to which the token belongs. */
  readonly ownerId: string;
}

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const tokenSchema = v.object({
  token_id: v.string(),
  owner_id: v.string(),
  metadata: v.object({ extra: v.string() }),
  batch_summary: v.object({ database_name: v.string(), merkle_root: digest }),
  superseded: v.boolean(),
  block_height: count,
  block_time: v.pipe(v.string(), v.digits()),
});

const extraSchema = v.object({
  v: v.literal(1),
  schema: v.nullable(v.string()),
  table: v.nullable(v.string()),
  seq: count,
  previous: v.nullable(digest),
  header_digest: digest,
});

/** Parses a token of the contract. Undefined for anything else. */
export function parseToken(value: unknown): NearToken | undefined {
  const token = v.safeParse(tokenSchema, value);
  if (!token.success) return undefined;
  const extra = v.safeParse(v.pipe(v.string(), v.parseJson(), extraSchema), token.output.metadata.extra);
  if (!extra.success) return undefined;
  const { token_id, batch_summary, block_height, block_time, superseded, owner_id } = token.output;
  const { schema, table, seq, previous, header_digest } = extra.output;
  return {
    batch_id: token_id,
    merkle_root: batch_summary.merkle_root,
    header_digest,
    seq,
    previous,
    anchored_at: block_time,
    chain: { database: batch_summary.database_name, schema, table },
    block_height,
    superseded,
    ownerId: owner_id,
  };
}
