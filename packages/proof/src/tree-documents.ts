import type { MerkleTree } from "@etrap/merkle";
import { encodeCanonical } from "./canonical-json.ts";
import { bytesToHex } from "./digest.ts";
import type { ChangeRecord } from "./record.ts";

/** The documents that are pure functions of batch-data.json, each with its name in the batch's folder. They may be made again at any time. */
export function encodeDerivedDocuments(
  batchId: string,
  records: readonly ChangeRecord[],
  tree: MerkleTree,
): ReadonlyMap<string, Uint8Array> {
  const index = (name: string, groups: Record<string, number[]>): Uint8Array =>
    encodeCanonical({ format: `etrap-index-${name}/0`, batch_id: batchId, leaves: groups });
  return new Map([
    ["merkle-tree.json", encodeTree(batchId, tree)],
    ["indices/by-date.json", index("by-date", groupBy(records, dateOf))],
    [
      "indices/by-operation.json",
      index(
        "by-operation",
        groupBy(records, ({ operation }) => operation),
      ),
    ],
    [
      "indices/by-timestamp.json",
      index(
        "by-timestamp",
        groupBy(records, ({ timestamp }) => String(timestamp)),
      ),
    ],
  ]);
}

function encodeTree(batchId: string, tree: MerkleTree): Uint8Array {
  return encodeCanonical({
    format: "etrap-merkle-tree/0",
    batch_id: batchId,
    leaf_count: tree.size,
    root: bytesToHex(tree.root()),
    levels: tree.levels.map((level) => level.map(bytesToHex)),
  });
}

function dateOf({ timestamp }: ChangeRecord): string {
  const date = new Date(timestamp ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? "null" : date.toISOString().slice(0, -14);
}

/** Leaf indices by group. */
function groupBy(
  records: readonly ChangeRecord[],
  groupOf: (record: ChangeRecord) => string,
): Record<string, number[]> {
  const groups = Map.groupBy(records.keys(), (index) => {
    const record = records[index];
    return record === undefined ? "null" : groupOf(record);
  });
  return Object.fromEntries(groups);
}
