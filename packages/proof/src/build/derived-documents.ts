import type { MerkleTree } from "@etrap/merkle";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { bytesToHex } from "../bytes/digest.ts";
import type { ChangeRecord } from "../format/record.ts";
import { INDEX_NAMES, indexDocumentName, TREE_DOCUMENT_NAME } from "../format/tree-documents.ts";
import type { IndexDocument, IndexName, TreeDocument } from "../format/tree-documents.ts";

/**
 * Encodes the derived documents, by name in the batch's folder: one for each of `DERIVED_NAMES`.
 * They are pure functions of batch-data.json and can be made again at any time.
 */
export function encodeDerivedDocuments(
  batchId: string,
  records: readonly ChangeRecord[],
  tree: MerkleTree,
): ReadonlyMap<string, Uint8Array> {
  const leaves: Readonly<Record<IndexName, IndexDocument["leaves"]>> = {
    "by-date": leavesBy(records, dayOf, dateOf),
    "by-operation": leavesBy(records, ({ operation }) => operation),
    "by-timestamp": leavesBy(records, ({ timestamp }) => timestamp),
  };
  const encodeIndex = (name: IndexName): [string, Uint8Array] => {
    const document: IndexDocument = { format: `etrap-index-${name}/0`, batch_id: batchId, leaves: leaves[name] };
    return [indexDocumentName(name), encodeCanonical(document)];
  };
  return new Map([[TREE_DOCUMENT_NAME, encodeCanonical(treeDocument(batchId, tree))], ...INDEX_NAMES.map(encodeIndex)]);
}

function treeDocument(batchId: string, tree: MerkleTree): TreeDocument {
  return {
    format: "etrap-merkle-tree/0",
    batch_id: batchId,
    leaf_count: tree.size,
    root: bytesToHex(tree.root()),
    levels: tree.levels.map((level) => level.map(bytesToHex)),
  };
}

function leavesBy<Group>(
  records: readonly ChangeRecord[],
  groupOf: (record: ChangeRecord) => Group,
  nameOf: (group: Group) => string = String,
): IndexDocument["leaves"] {
  const groups = Map.groupBy(records.entries(), ([, record]) => groupOf(record));
  return Object.fromEntries(Array.from(groups, ([group, members]) => [nameOf(group), members.map(([leaf]) => leaf)]));
}

const DAY_MS = 86_400_000;

/** Returns the number of a record's day since 1970 UTC, or NaN if the record has no time. */
function dayOf({ timestamp }: ChangeRecord): number {
  return Math.floor((timestamp ?? Number.NaN) / DAY_MS);
}

function dateOf(day: number): string {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? "null" : date.toISOString().slice(0, -14);
}
