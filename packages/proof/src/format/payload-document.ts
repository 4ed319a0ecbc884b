import * as v from "valibot";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { BATCH_BOUNDS, parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema } from "./header.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { MAX_LEAVES } from "./tree-bounds.ts";

/**
 * `payload.json`: a batch's values and salts, kept apart from batch-data.json so that they can be
 * erased.
 */
export interface PayloadDocument {
  readonly format: "etrap-payload/0";
  readonly batch_id: string;
  /** The payload of each leaf, in order. Every member of an erased one is null. */
  readonly rows: readonly Payload[];
}

export const PAYLOAD_DOCUMENT: DocumentKind<PayloadDocument> = {
  format: "etrap-payload/0",
  ...BATCH_BOUNDS,
  schema: v.strictObject({
    format: v.literal("etrap-payload/0"),
    batch_id: batchIdSchema,
    rows: v.pipe(v.array(payloadSchema), v.minLength(1), v.maxLength(MAX_LEAVES)),
  }),
};

/**
 * Parses payload.json from untrusted bytes, at most 256 MiB. Checks the shape alone; `verifyBatch`
 * checks the content. Throws ProofError.
 */
export function parsePayloadDocument(bytes: Uint8Array): PayloadDocument {
  return parseDocument(PAYLOAD_DOCUMENT, bytes);
}

/** Returns the document's bytes: canonical JSON. */
export function encodePayloadDocument(document: PayloadDocument): Uint8Array {
  return encodeCanonical(document);
}
