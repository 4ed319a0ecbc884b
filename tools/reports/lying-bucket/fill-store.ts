import { chainFolder } from "@etrap/ledger";
import type { ChainName, ObjectStore } from "@etrap/ledger";
import { sampleBatch } from "@etrap/ledger/testing";
import type { SampleBatch } from "@etrap/ledger/testing";
import { verifyBatch } from "@etrap/proof";

/** The truth about a ledger. */
export interface Truth {
  readonly batches: readonly SampleBatch[];
  /** All keys, in byte order. */
  readonly keys: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
  /** Every true row, as text. */
  readonly rows: ReadonlySet<string>;
}

const CHAINS: readonly (readonly [ChainName, batches: number, changes: number])[] = [
  [{ database: "erp", schema: "public", table: "account" }, 5, 4],
  [{ database: "erp", schema: "audit", table: "account" }, 3, 1],
  [{ database: "crm", schema: "public", table: "account" }, 2, 7],
  [{ database: "erp", schema: null, table: null }, 2, 1],
];

/** Fills an empty store with a true ledger of four chains. */
export async function fillStore(store: ObjectStore): Promise<Truth> {
  const batches = CHAINS.flatMap(([chain, count, changes]) => chainOf(chain, count, changes));
  const sizes = new Map<string, number>();
  for (const { data, slot, derived } of batches)
    for (const { key, bytes } of [data, slot, ...derived()]) {
      await store.create(key, bytes);
      sizes.set(key, bytes.length);
    }
  const rows = batches.flatMap(({ slot, data }) => {
    const { header, rows: verified } = verifyBatch({ slot: slot.bytes, batchData: data.bytes });
    return verified.map((row) => rowText(chainFolder(header), row));
  });
  return { batches, keys: [...sizes.keys()].toSorted(), sizes, rows: new Set(rows) };
}

/** Returns a row as text: its chain, its record and its values. */
export function rowText(folder: string, { record, payload }: { record: object; payload: object }): string {
  return JSON.stringify([folder, record, payload]);
}

function chainOf(chain: ChainName, count: number, changes: number): SampleBatch[] {
  const batches: SampleBatch[] = [];
  while (batches.length < count) batches.push(sampleBatch({ chain, previous: batches.at(-1)?.header, changes }));
  return batches;
}
