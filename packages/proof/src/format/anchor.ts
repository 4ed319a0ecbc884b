import * as v from "valibot";
import { countSchema, digitsSchema, mapOf, nameSchema } from "./member-schemas.ts";

/**
 * The answer of an anchor about a batch that it holds. In a document this is only a claim; a
 * `TrustedAnchor` confirms it.
 */
export interface Receipt {
  readonly kind: "near-nft";
  /** `mainnet`, `testnet`, or the name of a private network. */
  readonly network: string;
  /** The contract's account. */
  readonly contract: string;
  /** The batch id. */
  readonly token_id: string;
  readonly tx_hash: string | null;
  readonly block_height: number;
  /** Nanoseconds since 1970 UTC, by the blockchain's clock. */
  readonly block_time: string;
}

/** The blockchain's own proof of a receipt: a JSON object whose members depend on the kind. */
export type Evidence = Readonly<Record<string, unknown>>;

/** The anchor of a proof file. `pending` means not anchored yet, or not known to be anchored. */
export type Anchor = { readonly kind: "pending" } | (Receipt & { readonly evidence: Evidence | null });

export const receiptKindSchema: v.LiteralSchema<"near-nft", undefined> = v.literal("near-nft");

const receiptMembers = {
  kind: receiptKindSchema,
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
