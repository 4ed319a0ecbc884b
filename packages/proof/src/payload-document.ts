import * as v from "valibot";
import { encodeCanonical } from "./canonical-json.ts";
import { parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, MAX_LEAVES } from "./header.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";

/** `payload.json`: a batch's values and salts, where they are kept apart so that they can be erased. */
export interface PayloadDocument {
  readonly format: "etrap-payload/0";
  readonly batch_id: string;
  /** One for each leaf, in their order; an erased one has null in every member. */
  readonly rows: readonly Payload[];
}

export const PAYLOAD_DOCUMENT: DocumentKind<PayloadDocument> = {
  format: "etrap-payload/0",
  maxBytes: 256 << 20,
  maxMembers: 1 << 25,
  schema: v.strictObject({
    format: v.literal("etrap-payload/0"),
    batch_id: batchIdSchema,
    rows: v.pipe(v.array(payloadSchema), v.minLength(1), v.maxLength(MAX_LEAVES)),
  }),
};

/** Parses payload.json from untrusted bytes, at most 256 MiB. Its shape only: `verifyBatch` says whether it is true. Throws ProofError. */
export function parsePayloadDocument(bytes: Uint8Array): PayloadDocument {
  return parseDocument(PAYLOAD_DOCUMENT, bytes);
}

/** The document's bytes: canonical JSON. */
export function encodePayloadDocument(document: PayloadDocument): Uint8Array {
  return encodeCanonical(document);
}
