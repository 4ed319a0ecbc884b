import type { Publication } from "@etrap/batcher";
import { batchId, headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";

/** Where the ledger is, for the token's reference. */
export interface LedgerLocation {
  /** The bucket, or another name of the place. */
  readonly bucket: string;
  /** What comes before all keys in the bucket: empty, or a prefix that ends with `/`. */
  readonly prefix: string;
  /** What comes before a key in the reference, such as `https://s3.amazonaws.com/etrap-acme/`. */
  readonly base: string;
}

/** The arguments of a mint: what the token of a batch will say. No value of a row is in them. */
export function mintArguments(
  { header, batchData }: Publication,
  receiverId: string,
  { bucket, prefix, base }: LedgerLocation,
): object {
  const id = batchId(header);
  const key = `${prefix}${batchData.key}`;
  const { database, schema, table, leaf_count: count } = header;
  return {
    token_id: id,
    receiver_id: receiverId,
    token_metadata: {
      title: `ETRAP Batch ${id}`,
      description: `Integrity certificate for ${count} transactions from ${subjectOf(header)}`,
      extra: JSON.stringify({
        v: 1,
        schema,
        table,
        seq: header.seq,
        previous: header.previous?.digest ?? null,
        header_digest: headerDigest(header),
      }),
      reference: `${base}${key}`,
      reference_hash: base64OfHex(batchData.sha256),
    },
    batch_summary: {
      database_name: database,
      table_names: table === null ? [] : [table],
      timestamp: header.sealed_at,
      tx_count: count,
      merkle_root: header.merkle_root,
      s3_bucket: bucket,
      s3_key: key,
      size_bytes: batchData.size,
      operation_counts: header.operations,
    },
  };
}

function subjectOf({ database, table }: Header): string {
  return table === null ? `the control chain of ${database}` : `table ${table}`;
}

function base64OfHex(hex: string): string {
  const bytes = Array.from(hex.match(/../g) ?? [], (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  return btoa(bytes.join(""));
}
