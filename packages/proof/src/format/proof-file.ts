import * as v from "valibot";
import { anchorSchema } from "./anchor.ts";
import type { Anchor } from "./anchor.ts";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, headerSchema } from "./header.ts";
import type { Header } from "./header.ts";
import { countSchema } from "./member-schemas.ts";
import { payloadSchema } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { recordSchema } from "./record.ts";
import type { ChangeRecord } from "./record.ts";
import { leafCountSchema, pathSchema } from "./tree-bounds.ts";

/** `*.etrap.json`: everything needed to check one change without the store. */
export interface ProofFile {
  readonly format: "etrap-proof/0";
  readonly batch_id: string;
  readonly record: ChangeRecord;
  readonly payload: Payload;
  readonly inclusion: { readonly leaf_index: number; readonly tree_size: number; readonly path: readonly string[] };
  /** The header of the batch, then the later headers up to the anchored one. */
  readonly headers: readonly Header[];
  /** The anchor of the last header. */
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
      tree_size: leafCountSchema,
      path: pathSchema,
    }),
    headers: v.pipe(v.array(headerSchema), v.minLength(1), v.maxLength(10_000)),
    anchor: anchorSchema,
  }),
};

/**
 * Parses a proof file from untrusted bytes, at most 256 MiB. Checks the shape alone; `verifyProof`
 * checks the content. Throws ProofError.
 */
export function parseProofFile(bytes: Uint8Array): ProofFile {
  return parseDocument(PROOF_FILE, bytes);
}

/** Returns the proof file's bytes: canonical JSON. */
export function encodeProofFile(file: ProofFile): Uint8Array {
  return encodeCanonical(file);
}
