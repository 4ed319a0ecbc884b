import * as v from "valibot";
import { evidenceSchema, receiptKindSchema, receiptSchema } from "./anchor.ts";
import type { Evidence, Receipt } from "./anchor.ts";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema } from "./header.ts";
import { digestSchema } from "./member-schemas.ts";

/**
 * `anchor.json`: the place where a batch is anchored. It is created once the anchoring is final.
 */
export interface AnchorDocument {
  readonly format: "etrap-anchor/0";
  readonly batch_id: string;
  readonly header_digest: string;
  readonly receipt: Receipt;
}

/** `evidence.json`: the blockchain's own proof of the receipt. */
export interface EvidenceDocument {
  readonly format: "etrap-evidence/0";
  readonly batch_id: string;
  readonly kind: Receipt["kind"];
  readonly evidence: Evidence;
}

export const ANCHOR_DOCUMENT: DocumentKind<AnchorDocument> = {
  format: "etrap-anchor/0",
  maxBytes: 64 << 10,
  schema: v.strictObject({
    format: v.literal("etrap-anchor/0"),
    batch_id: batchIdSchema,
    header_digest: digestSchema,
    receipt: receiptSchema,
  }),
};

export const EVIDENCE_DOCUMENT: DocumentKind<EvidenceDocument> = {
  format: "etrap-evidence/0",
  maxBytes: 16 << 20,
  schema: v.strictObject({
    format: v.literal("etrap-evidence/0"),
    batch_id: batchIdSchema,
    kind: receiptKindSchema,
    evidence: evidenceSchema,
  }),
};

/**
 * Parses anchor.json from untrusted bytes, at most 64 KiB. The result is a claim: only the anchor
 * itself can confirm it. Throws ProofError.
 */
export function parseAnchorDocument(bytes: Uint8Array): AnchorDocument {
  return parseDocument(ANCHOR_DOCUMENT, bytes);
}

/**
 * Parses evidence.json from untrusted bytes, at most 16 MiB. Checks the shape alone. Throws
 * ProofError.
 */
export function parseEvidenceDocument(bytes: Uint8Array): EvidenceDocument {
  return parseDocument(EVIDENCE_DOCUMENT, bytes);
}

/** Returns the document's bytes: canonical JSON. */
export function encodeAnchorDocument(document: AnchorDocument): Uint8Array {
  return encodeCanonical(document);
}

/**
 * Returns the document's bytes: canonical JSON. Throws NOT_CANONICAL for evidence that has none.
 */
export function encodeEvidenceDocument(document: EvidenceDocument): Uint8Array {
  return encodeCanonical(document);
}
