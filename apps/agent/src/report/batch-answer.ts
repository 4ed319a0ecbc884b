import { batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";

/** Returns the facts of a batch as the commands write them in a JSON line. */
export function batchAnswer(header: Header): object {
  const { database, schema, table, seq, leaf_count, operations, merkle_root } = header;
  return {
    batchId: batchId(header),
    database,
    schema,
    table,
    seq,
    changes: leaf_count,
    operations,
    merkleRoot: merkle_root,
    sealedAt: sealedAtOf(header),
  };
}

/** Returns the time when a batch was sealed. */
export function sealedAtOf({ sealed_at }: Header): string {
  return new Date(sealed_at).toISOString();
}
