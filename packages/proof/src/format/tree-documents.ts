import * as v from "valibot";
import { parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema } from "./header.ts";
import { countSchema, digestSchema, mapOf } from "./member-schemas.ts";
import { leafCountSchema, MAX_LEAVES, MAX_PATH_LENGTH } from "./tree-bounds.ts";

/** `merkle-tree.json`: every node of a batch's tree. Any inclusion proof can be read from it. */
export interface TreeDocument {
  readonly format: "etrap-merkle-tree/0";
  readonly batch_id: string;
  readonly leaf_count: number;
  readonly root: string;
  /** The leaf hashes, then each level of nodes above. An odd last node moves up unchanged. */
  readonly levels: readonly (readonly string[])[];
}

/** The name of merkle-tree.json in the folder of a batch. */
export const TREE_DOCUMENT_NAME = "merkle-tree.json";

export const INDEX_NAMES = ["by-date", "by-operation", "by-timestamp"] as const;

/** The name of an index over the leaves of a batch. */
export type IndexName = (typeof INDEX_NAMES)[number];

/** The names of all derived documents in the folder of a batch. */
export const DERIVED_NAMES: readonly string[] = [TREE_DOCUMENT_NAME, ...INDEX_NAMES.map(indexDocumentName)];

/** Returns the name of an index document in the folder of a batch. */
export function indexDocumentName(name: IndexName): string {
  return `indices/${name}.json`;
}

/**
 * `indices/{name}.json`: leaf indices by UTC date, by operation or by timestamp. Records without a
 * time are in the group `null`.
 */
export interface IndexDocument {
  readonly format: `etrap-index-${IndexName}/0`;
  readonly batch_id: string;
  readonly leaves: Readonly<Record<string, readonly number[]>>;
}

export const TREE_DOCUMENT: DocumentKind<TreeDocument> = {
  format: "etrap-merkle-tree/0",
  maxBytes: 16 << 20,
  schema: v.strictObject({
    format: v.literal("etrap-merkle-tree/0"),
    batch_id: batchIdSchema,
    leaf_count: leafCountSchema,
    root: digestSchema,
    levels: v.pipe(
      v.array(v.pipe(v.array(digestSchema), v.minLength(1), v.maxLength(MAX_LEAVES))),
      v.minLength(1),
      v.maxLength(MAX_PATH_LENGTH + 1),
    ),
  }),
};

const indexDocument = (name: IndexName): DocumentKind<IndexDocument> => ({
  format: `etrap-index-${name}/0`,
  maxBytes: 4 << 20,
  schema: v.strictObject({
    format: v.literal(`etrap-index-${name}/0` as const),
    batch_id: batchIdSchema,
    leaves: mapOf(v.pipe(v.array(countSchema), v.minLength(1), v.maxLength(MAX_LEAVES))),
  }),
});

export const INDEX_DOCUMENTS: Readonly<Record<IndexName, DocumentKind<IndexDocument>>> = {
  "by-date": indexDocument("by-date"),
  "by-operation": indexDocument("by-operation"),
  "by-timestamp": indexDocument("by-timestamp"),
};

/**
 * Parses merkle-tree.json from untrusted bytes, at most 16 MiB. Checks the shape alone;
 * `verifyBatch` checks the content. Throws ProofError.
 */
export function parseTreeDocument(bytes: Uint8Array): TreeDocument {
  return parseDocument(TREE_DOCUMENT, bytes);
}

/**
 * Parses an index from untrusted bytes, at most 4 MiB. Checks the shape alone; `verifyBatch` checks
 * the content. Throws ProofError.
 */
export function parseIndexDocument(name: IndexName, bytes: Uint8Array): IndexDocument {
  return parseDocument(INDEX_DOCUMENTS[name], bytes);
}

/**
 * Parses a derived document by its name in the batch's folder. Returns undefined for any other
 * name. Throws ProofError.
 */
export function parseDerivedDocument(name: string, bytes: Uint8Array): TreeDocument | IndexDocument | undefined {
  if (name === TREE_DOCUMENT_NAME) return parseTreeDocument(bytes);
  const index = INDEX_NAMES.find((each) => name === indexDocumentName(each));
  return index === undefined ? undefined : parseIndexDocument(index, bytes);
}
