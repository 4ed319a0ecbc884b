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

/** The Gregorian calendar repeats after this many days, which are 400 years. */
const [CYCLE_DAYS, CYCLE_YEARS] = [146_097, 400];

/**
 * Returns a date as ECMAScript writes it, also of a year that no `Date` holds: `YYYY-MM-DD`, with
 * `+YYYYYY` or `-YYYYYY` for a year outside 0 to 9999. NaN is `null`.
 */
function dateOf(day: number): string {
  if (Number.isNaN(day)) return "null";
  const cycles = Math.trunc(day / CYCLE_DAYS);
  const date = new Date((day - cycles * CYCLE_DAYS) * DAY_MS);
  const year = date.getUTCFullYear() + cycles * CYCLE_YEARS;
  const isShort = year >= 0 && year <= 9999;
  const digits = String(Math.abs(year)).padStart(isShort ? 4 : 6, "0");
  const sign = year < 0 ? "-" : "+";
  return `${isShort ? "" : sign}${digits}${date.toISOString().slice(4, 10)}`;
}

/**
 * Returns by-date.json in its older form, in which the records of a date that no `Date` holds are
 * in the group `null`. Another index stays as it is.
 */
export function withoutFarDates(index: IndexDocument): IndexDocument {
  const leaves = new Map<string, number[]>();
  for (const [name, members] of Object.entries(index.leaves)) {
    const group = isFarDate(name) ? "null" : name;
    leaves.set(
      group,
      [...(leaves.get(group) ?? []), ...members].toSorted((a, b) => a - b),
    );
  }
  return { ...index, leaves: Object.fromEntries(leaves) };
}

function isFarDate(name: string): boolean {
  return /^[+-]\d{6}-/.test(name) && Number.isNaN(Date.parse(name));
}
