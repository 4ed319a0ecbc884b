import { batchId } from "@etrap/proof";
import type { ChangeRecord, Header } from "@etrap/proof";
import { encodeDerivedDocuments, recordTree } from "@etrap/proof/write";
import { batchFolder } from "./object-keys.ts";
import type { ObjectReader, StoredObject } from "./object-store.ts";

/** A Merkle tree over records, as `recordTree` of `@etrap/proof/write` makes it. */
type RecordTree = ReturnType<typeof recordTree>;

const DERIVED_NAMES: readonly string[] = [
  "merkle-tree.json",
  ...["by-date", "by-operation", "by-timestamp"].map((name) => `indices/${name}.json`),
];

/**
 * Makes the derived documents of a batch, which are pure functions of its records: the tree and the
 * indices. Pass `tree` where it was made already, or with a faster SHA-256.
 */
export function derivedDocuments(
  header: Header,
  records: readonly ChangeRecord[],
  tree: RecordTree = recordTree(records),
): StoredObject[] {
  const folder = batchFolder(header, batchId(header));
  const documents = encodeDerivedDocuments(batchId(header), records, tree);
  return Array.from(documents, ([name, bytes]) => ({ key: `${folder}${name}`, bytes }));
}

/**
 * Returns the keys of the derived documents that are missing in the folder of a batch. Costs one
 * listing and reads no object.
 */
export async function missingDerived(reader: ObjectReader, header: Header): Promise<string[]> {
  const folder = batchFolder(header, batchId(header));
  const missing = new Set(DERIVED_NAMES.map((name) => folder + name));
  for await (const key of reader.list(folder)) missing.delete(key);
  return [...missing];
}
