import type { MerkleTree } from "@etrap/merkle";
import * as v from "valibot";
import { encodeCanonical } from "./canonical-json.ts";
import { bytesToHex } from "./digest.ts";
import { countSchema, digestSchema, mapOf, parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { batchIdSchema, MAX_LEAVES } from "./header.ts";
import type { ChangeRecord } from "./record.ts";

/** `merkle-tree.json`: every node of a batch's tree, so that any proof can be read off it. */
export interface TreeDocument {
  readonly format: "etrap-merkle-tree/0";
  readonly batch_id: string;
  readonly leaf_count: number;
  readonly root: string;
  /** The leaf hashes, then each level of nodes above; an odd last one is carried up as it is. */
  readonly levels: readonly (readonly string[])[];
}

/** By what the leaves of a batch are indexed. */
export type IndexName = "by-date" | "by-operation" | "by-timestamp";

/** `indices/{name}.json`: leaf indices by UTC date, by operation or by timestamp; `null` where the record has no time. */
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
    leaf_count: v.pipe(countSchema, v.minValue(1), v.maxValue(MAX_LEAVES)),
    root: digestSchema,
    levels: v.pipe(
      v.array(v.pipe(v.array(digestSchema), v.minLength(1), v.maxLength(MAX_LEAVES))),
      v.minLength(1),
      v.maxLength(18),
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

/** Parses merkle-tree.json from untrusted bytes, at most 16 MiB. Its shape only: `verifyBatch` says whether it is true. Throws ProofError. */
export function parseTreeDocument(bytes: Uint8Array): TreeDocument {
  return parseDocument(TREE_DOCUMENT, bytes);
}

/** Parses an index from untrusted bytes, at most 4 MiB. Its shape only: `verifyBatch` says whether it is true. Throws ProofError. */
export function parseIndexDocument(name: IndexName, bytes: Uint8Array): IndexDocument {
  return parseDocument(INDEX_DOCUMENTS[name], bytes);
}

/** The document's bytes: canonical JSON. */
export function encodeTreeDocument(document: TreeDocument): Uint8Array {
  return encodeCanonical(document);
}

/** The document's bytes: canonical JSON. */
export function encodeIndexDocument(document: IndexDocument): Uint8Array {
  return encodeCanonical(document);
}

/** The documents that are pure functions of batch-data.json, each with its name in the batch's folder. They may be made again at any time. */
export function encodeDerivedDocuments(
  batchId: string,
  records: readonly ChangeRecord[],
  tree: MerkleTree,
): ReadonlyMap<string, Uint8Array> {
  const index = <Group>(
    name: IndexName,
    groupOf: (record: ChangeRecord) => Group,
    nameOf: (group: Group) => string = String,
  ): [string, Uint8Array] => {
    const groups = Map.groupBy(records.entries(), ([, record]) => groupOf(record));
    const leaves = Object.fromEntries(
      Array.from(groups, ([group, members]) => [nameOf(group), members.map(([leaf]) => leaf)]),
    );
    return [
      `indices/${name}.json`,
      encodeIndexDocument({ format: `etrap-index-${name}/0`, batch_id: batchId, leaves }),
    ];
  };
  return new Map([
    ["merkle-tree.json", encodeTreeDocument(treeDocument(batchId, tree))],
    index("by-date", dayOf, dateOf),
    index("by-operation", ({ operation }) => operation),
    index("by-timestamp", ({ timestamp }) => timestamp),
  ]);
}

/** Parses one of the derived documents by its name in the batch's folder; undefined for another name. Throws ProofError. */
export function parseDerivedDocument(name: string, bytes: Uint8Array): TreeDocument | IndexDocument | undefined {
  if (name === "merkle-tree.json") return parseTreeDocument(bytes);
  const index = INDEX_NAMES.find((each) => name === `indices/${each}.json`);
  return index === undefined ? undefined : parseIndexDocument(index, bytes);
}

const INDEX_NAMES: readonly IndexName[] = ["by-date", "by-operation", "by-timestamp"];

function treeDocument(batchId: string, tree: MerkleTree): TreeDocument {
  return {
    format: "etrap-merkle-tree/0",
    batch_id: batchId,
    leaf_count: tree.size,
    root: bytesToHex(tree.root()),
    levels: tree.levels.map((level) => level.map(bytesToHex)),
  };
}

const DAY_MS = 86_400_000;

/** The number of a record's day since 1970 UTC; NaN where it has no time. */
function dayOf({ timestamp }: ChangeRecord): number {
  return Math.floor((timestamp ?? Number.NaN) / DAY_MS);
}

function dateOf(day: number): string {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? "null" : date.toISOString().slice(0, -14);
}
