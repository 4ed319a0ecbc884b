import * as v from "valibot";
import { encodeCanonical } from "./canonical-json.ts";
import { countSchema, digestSchema, mapOf, nameSchema, parseDocument, timeSchema } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, headerSchema, MAX_LEAVES } from "./header.ts";
import type { Header, PayloadPlace } from "./header.ts";
import type { Commitment } from "./image.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { operationSchema, recordSchema } from "./record.ts";
import type { ChangeRecord, Operation } from "./record.ts";

/** One change of a batch: what its leaf commits to, and the values behind it. */
export interface Row {
  readonly record: ChangeRecord;
  readonly payload: Payload;
}

/** `batch-data.json`: a pure function of the header and the rows. Names as in the document. */
export interface BatchData {
  readonly format: "etrap-batch/0";
  readonly batch_info: {
    readonly batch_id: string;
    readonly created_at: number;
    readonly organization_id: string;
    readonly database_name: string;
    readonly etrap_agent_version: string;
  };
  /** The whole header, so that a slot that was lost can be restored from what the next one names. */
  readonly header: Header;
  readonly header_digest: string;
  readonly transactions: readonly {
    readonly metadata: {
      readonly transaction_id: string;
      readonly timestamp: number | null;
      readonly operation_type: Operation;
      readonly database_name: string;
      readonly table_affected: string | null;
      /** Null where the values are kept apart, in payload.json. */
      readonly change_data: Payload | null;
    };
    readonly record: ChangeRecord;
    readonly merkle_leaf: { readonly index: number; readonly hash: string };
  }[];
  readonly merkle_tree: {
    readonly root: string;
    /** Left out where the writer was told to: merkle-tree.json gives every proof. */
    readonly proof_index?: ProofIndex | undefined;
  };
  readonly verification: {
    readonly hash: "rfc9162-sha256";
    readonly canonical_json: "rfc8785";
    readonly commitment: Commitment;
    readonly payload: PayloadPlace;
  };
}

/** Every inclusion proof of a batch, by `tx-{index}`. */
export type ProofIndex = Readonly<
  Record<string, { readonly proof_path: readonly string[]; readonly sibling_positions: readonly ("left" | "right")[] }>
>;

/** The largest batch-data.json, in bytes. */
export const MAX_BATCH_DATA_BYTES: number = 256 << 20;

export const BATCH_DATA: DocumentKind<BatchData> = {
  format: "etrap-batch/0",
  maxBytes: MAX_BATCH_DATA_BYTES,
  maxMembers: 1 << 25,
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
            proof_path: v.pipe(v.array(digestSchema), v.maxLength(17)),
            sibling_positions: v.pipe(v.array(v.picklist(["left", "right"])), v.maxLength(17)),
          }),
        ),
      ),
    }),
    verification: v.strictObject({
      hash: v.literal("rfc9162-sha256"),
      canonical_json: v.literal("rfc8785"),
      commitment: v.picklist(["row", "fields"]),
      payload: v.picklist(["inline", "separate"]),
    }),
  }),
};

/** Parses batch-data.json from untrusted bytes, at most 256 MiB. Its shape only: `verifyBatch` says whether it is true. Throws ProofError. */
export function parseBatchData(bytes: Uint8Array): BatchData {
  return parseDocument(BATCH_DATA, bytes);
}

/** The document's bytes: canonical JSON. */
export function encodeBatchData(data: BatchData): Uint8Array {
  return encodeCanonical(data);
}
