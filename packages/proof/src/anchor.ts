import * as v from "valibot";
import { countSchema, digitsSchema, mapOf, nameSchema } from "./document.ts";

/** Where a batch is anchored: what an anchor says when it is final. A claim, like everything in a document: see `AnchorCheck`. */
export interface Receipt {
  readonly kind: "near-nft";
  /** `mainnet`, `testnet`, or a name of one's own. */
  readonly network: string;
  /** The contract's account. */
  readonly contract: string;
  /** The batch's id. */
  readonly token_id: string;
  readonly tx_hash: string | null;
  readonly block_height: number;
  /** Nanoseconds since 1970 UTC, as the chain gives it. */
  readonly block_time: string;
}

/** The chain's own proof of a receipt, as its kind's reader understands it: a JSON object. */
export type Evidence = Readonly<Record<string, unknown>>;

/** The anchor of a proof file. `pending`: not anchored yet, or not known to be. */
export type Anchor = { readonly kind: "pending" } | (Receipt & { readonly evidence: Evidence | null });

const receiptMembers = {
  kind: v.literal("near-nft"),
  network: nameSchema,
  contract: nameSchema,
  token_id: nameSchema,
  tx_hash: v.nullable(nameSchema),
  block_height: countSchema,
  block_time: digitsSchema,
};

export const receiptSchema: v.GenericSchema<unknown, Receipt> = v.strictObject(receiptMembers);

export const evidenceSchema: v.GenericSchema<unknown, Evidence> = mapOf(v.unknown());

export const anchorSchema: v.GenericSchema<unknown, Anchor> = v.variant("kind", [
  v.strictObject({ kind: v.literal("pending") }),
  v.strictObject({ ...receiptMembers, evidence: v.nullable(evidenceSchema) }),
]);
