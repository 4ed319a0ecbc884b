import * as v from "valibot";
import { anchorSchema } from "./anchor.ts";
import type { Anchor } from "./anchor.ts";
import { encodeCanonical } from "./canonical-json.ts";
import { countSchema, digestSchema, parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, headerSchema, MAX_LEAVES } from "./header.ts";
import type { Header } from "./header.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { recordSchema } from "./record.ts";
import type { ChangeRecord } from "./record.ts";

/** `*.etrap.json`: everything needed to check one change without the bucket. */
export interface ProofFile {
  readonly format: "etrap-proof/0";
  readonly batch_id: string;
  readonly record: ChangeRecord;
  readonly payload: Payload;
  readonly inclusion: { readonly leaf_index: number; readonly tree_size: number; readonly path: readonly string[] };
  /** The batch's own header first, then those after it up to the anchored one. */
  readonly headers: readonly Header[];
  /** Where the last of `headers` is anchored. */
  readonly anchor: Anchor;
}

export const PROOF_FILE: DocumentKind<ProofFile> = {
  format: "etrap-proof/0",
  maxBytes: 256 << 20,
  schema: v.strictObject({
    format: v.literal("etrap-proof/0"),
    batch_id: batchIdSchema,
    record: recordSchema,
    payload: payloadSchema,
    inclusion: v.strictObject({
      leaf_index: countSchema,
      tree_size: v.pipe(countSchema, v.minValue(1), v.maxValue(MAX_LEAVES)),
      path: v.pipe(v.array(digestSchema), v.maxLength(17)),
    }),
    headers: v.pipe(v.array(headerSchema), v.minLength(1), v.maxLength(10_000)),
    anchor: anchorSchema,
  }),
};

/** Parses a proof file from untrusted bytes, at most 256 MiB. Its shape only: `verifyProof` says whether it is true. Throws ProofError. */
export function parseProofFile(bytes: Uint8Array): ProofFile {
  return parseDocument(PROOF_FILE, bytes);
}

/** The proof file's bytes: canonical JSON. */
export function encodeProofFile(file: ProofFile): Uint8Array {
  return encodeCanonical(file);
}
