import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import type { Hash, MerkleTree } from "@etrap/merkle";
import type { Row } from "./batch-data.ts";
import { createByteWriter } from "./byte-writer.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { toCanonical } from "./canonical-json.ts";
import { createBatchData } from "./create-batch-data.ts";
import type { BatchDataOptions } from "./create-batch-data.ts";
import { bytesToHex } from "./digest.ts";
import { batchId } from "./header.ts";
import type { Header } from "./header.ts";
import { encodeRecord } from "./record.ts";

/** The tree of a batch's rows, and its document: the bytes that are hashed stand in it, so they are made once. */
export interface BatchEncoder {
  readonly tree: MerkleTree;
  /** The bytes of `encodeBatchData(createBatchData(header, rows, tree, options))`, sooner. Requires the rows' header. */
  encode(header: Header, options?: BatchDataOptions): Uint8Array;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();
const A_COMMA = encoder.encode(",");
/** About: most have a few columns, and a proof of ten hashes. */
const BYTES_OF_A_ROW = 2048;

/** Creates the encoder of a batch. `hash` may be a faster SHA-256. It and `encode` throw NOT_CANONICAL for a row that has no canonical text. */
export function createBatchEncoder(rows: readonly Row[], hash?: Hash): BatchEncoder {
  const records = rows.map(({ record }) => encodeRecord(record));
  const leaves = records.map((bytes) => hashLeaf(bytes, hash));
  const tree = createMerkleTree(leaves, hash === undefined ? {} : { hash });

  const writeTransactions = (writer: ByteWriter, header: Header): void => {
    const id = batchId(header);
    for (const [index, row] of rows.entries()) {
      const leaf = bytesToHex(leaves[index] ?? NOTHING);
      writer.text(`${index === 0 ? "" : ","}{"merkle_leaf":{"hash":"${leaf}","index":${index}},`);
      writer.text(`"metadata":${metadataText(header, row, `${id}-${index}`)},"record":`);
      writer.bytes(records[index] ?? NOTHING);
      writer.text("}");
    }
  };

  return {
    tree,
    encode(header, { proofIndex = true } = {}) {
      const frame = createBatchData(header, [], tree, { proofIndex: false });
      const writer = createByteWriter(BYTES_OF_A_ROW * rows.length);
      writer.text(`{"batch_info":${toCanonical(frame.batch_info)},"format":"${frame.format}",`);
      writer.text(`"header":${toCanonical(header)},"header_digest":"${frame.header_digest}","merkle_tree":{`);
      if (proofIndex) writeProofIndex(writer, tree);
      writer.text(`"root":"${header.merkle_root}"},"transactions":[`);
      writeTransactions(writer, header);
      writer.text(`],"verification":${toCanonical(frame.verification)}}`);
      return writer.done();
    },
  };
}

/** Requires a record that has a canonical text. */
function metadataText({ payload: place }: Header, { record, payload }: Row, transactionId: string): string {
  const changeData = place === "inline" ? toCanonical(payload) : "null";
  const names = `"database_name":${JSON.stringify(record.database)},"operation_type":"${record.operation}"`;
  const rest = `"table_affected":${JSON.stringify(record.table)},"timestamp":${JSON.stringify(record.timestamp)}`;
  return `{"change_data":${changeData},${names},${rest},"transaction_id":"${transactionId}"}`;
}

/** Every inclusion proof, read off the levels as `MerkleTree.inclusionProof` and `siblingSides` do. */
function writeProofIndex(writer: ByteWriter, { levels, size }: MerkleTree): void {
  const below = levels.slice(0, -1).map((level) => level.map((node) => encoder.encode(`"${bytesToHex(node)}"`)));
  const names = Array.from({ length: size }, (_, index) => String(index)).toSorted();
  for (const [place, name] of names.entries()) {
    writer.text(`${place === 0 ? '"proof_index":{' : ","}"tx-${name}":{"proof_path":[`);
    let [sides, at] = ["", Number(name)];
    for (const level of below) {
      const isLeft = at % 2 === 0;
      const sibling = level[isLeft ? at + 1 : at - 1];
      // A node that was carried up has none.
      if (sibling !== undefined) {
        if (sides !== "") writer.bytes(A_COMMA);
        writer.bytes(sibling);
        sides += `${sides === "" ? "" : ","}${isLeft ? '"right"' : '"left"'}`;
      }
      at = Math.floor(at / 2);
    }
    writer.text(`],"sibling_positions":[${sides}]}`);
  }
  writer.text("},");
}
