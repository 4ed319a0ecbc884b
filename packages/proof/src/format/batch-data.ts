import * as v from "valibot";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { BATCH_BOUNDS, parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, hashNameSchema, headerSchema, payloadPlaceSchema } from "./header.ts";
import type { Header, PayloadPlace } from "./header.ts";
import { commitmentSchema } from "./image.ts";
import type { Commitment } from "./image.ts";
import { countSchema, digestSchema, mapOf, nameSchema, timeSchema } from "./member-schemas.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { operationSchema, recordSchema } from "./record.ts";
import type { ChangeRecord, Operation } from "./record.ts";
import { MAX_LEAVES, MAX_PATH_LENGTH, pathSchema } from "./tree-bounds.ts";

/** One change of a batch: the record, and the payload that opens its commitments. */
export interface Row {
  readonly record: ChangeRecord;
  readonly payload: Payload;
}

/** `batch-data.json`: a pure function of the header and the rows. */
export interface BatchData {
  readonly format: "etrap-batch/0";
  readonly batch_info: {
    readonly batch_id: string;
    readonly created_at: number;
    readonly organization_id: string;
    readonly database_name: string;
    readonly etrap_agent_version: string;
  };
  /** A copy of the slot, from which a lost slot can be restored. */
  readonly header: Header;
  readonly header_digest: string;
  readonly transactions: readonly {
    readonly metadata: {
      readonly transaction_id: string;
      readonly timestamp: number | null;
      readonly operation_type: Operation;
      readonly database_name: string;
      readonly table_affected: string | null;
      /** Null if the values are in payload.json. */
      readonly change_data: Payload | null;
    };
    readonly record: ChangeRecord;
    readonly merkle_leaf: { readonly index: number; readonly hash: string };
  }[];
  readonly merkle_tree: {
    readonly root: string;
    /** Optional: every proof can also be read from merkle-tree.json. */
    readonly proof_index?: ProofIndex | undefined;
  };
  readonly verification: {
    readonly hash: "rfc9162-sha256";
    readonly canonical_json: "rfc8785";
    readonly commitment: Commitment;
    readonly payload: PayloadPlace;
  };
}

/** The inclusion proofs of a batch, by `tx-{index}`. */
export type ProofIndex = Readonly<
  Record<string, { readonly proof_path: readonly string[]; readonly sibling_positions: readonly ("left" | "right")[] }>
>;

/** The largest batch-data.json, in bytes. */
export const MAX_BATCH_DATA_BYTES: number = BATCH_BOUNDS.maxBytes;

export const BATCH_DATA: DocumentKind<BatchData> = {
  format: "etrap-batch/0",
  ...BATCH_BOUNDS,
  schema: v.strictObject({
    format: v.literal("etrap-batch/0"),
    batch_info: v.strictObject({
      batch_id: batchIdSchema,
      created_at: timeSchema,
      organization_id: nameSchema,
      database_name: nameSchema,
      etrap_agent_version: nameSchema,
    }),
    header: headerSchema,
    header_digest: digestSchema,
    transactions: v.pipe(
      v.array(
        v.strictObject({
          metadata: v.strictObject({
            transaction_id: nameSchema,
            timestamp: v.nullable(timeSchema),
            operation_type: operationSchema,
            database_name: nameSchema,
            table_affected: v.nullable(nameSchema),
            change_data: v.nullable(payloadSchema),
          }),
          record: recordSchema,
          merkle_leaf: v.strictObject({ index: countSchema, hash: digestSchema }),
        }),
      ),
      v.minLength(1),
      v.maxLength(MAX_LEAVES),
    ),
    merkle_tree: v.strictObject({
      root: digestSchema,
      proof_index: v.optional(
        mapOf(
          v.strictObject({
            proof_path: pathSchema,
            sibling_positions: v.pipe(v.array(v.picklist(["left", "right"])), v.maxLength(MAX_PATH_LENGTH)),
          }),
        ),
      ),
    }),
    verification: v.strictObject({
      hash: hashNameSchema,
      canonical_json: v.literal("rfc8785"),
      commitment: commitmentSchema,
      payload: payloadPlaceSchema,
    }),
  }),
};

/**
 * Parses batch-data.json from untrusted bytes, at most 256 MiB. Checks the shape alone;
 * `verifyBatch` checks the content. Throws ProofError.
 */
export function parseBatchData(bytes: Uint8Array): BatchData {
  return parseDocument(BATCH_DATA, bytes);
}

/** Returns the document's bytes: canonical JSON. */
export function encodeBatchData(data: BatchData): Uint8Array {
  return encodeCanonical(data);
}
