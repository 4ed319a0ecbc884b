import { readHeaders } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/batcher";
import { batchId } from "@etrap/proof";
import { chainLabel } from "../chain-label.ts";
import { findChains } from "../find-chains.ts";
import { printable } from "../printable.ts";

/** Writes a line for every batch in the record, oldest first within each chain. */
export async function listBatches(store: ObjectStore, write: (line: string) => void, json: boolean): Promise<void> {
  for await (const chain of findChains(store)) {
    for await (const header of readHeaders(store, chain)) {
      const id = batchId(header);
      const { database, schema, table, seq, leaf_count, merkle_root, sealed_at, operations } = header;
      const sealedAt = new Date(sealed_at).toISOString();
      write(
        json
          ? JSON.stringify({
              batchId: id,
              database,
              schema,
              table,
              seq,
              changes: leaf_count,
              operations,
              merkleRoot: merkle_root,
              sealedAt,
            })
          : printable(`${id}  ${sealedAt}  ${String(leaf_count).padStart(6)} changes  #${seq}  ${chainLabel(chain)}`),
      );
    }
  }
}
