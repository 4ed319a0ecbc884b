import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import type { Hash, MerkleTree } from "@etrap/merkle";
import { createByteWriter } from "./byte-writer.ts";
import { toCanonical } from "./canonical-json.ts";
import { createBatchData } from "./create-batch-data.ts";
import type { BatchDataOptions } from "./create-batch-data.ts";
import { bytesToHex } from "./digest.ts";
import { batchId } from "./header.ts";
import type { Header } from "./header.ts";
import type { Payload } from "./payload.ts";
import { recordText } from "./record.ts";
import type { ChangeRecord } from "./record.ts";

/** A row on its way into a document: what its leaf commits to, and the canonical text of each part of its payload, `null` where it has none. */
export interface RowTexts {
  /** One that `isRecord` accepts without its commitments. */
  readonly record: ChangeRecord;
  readonly payload: Readonly<Record<keyof Payload, string>>;
}

/** The tree of a batch's rows, and its documents: what is hashed stands in them, so it is made once. */
export interface BatchEncoder {
  readonly tree: MerkleTree;
  /** The bytes of `encodeBatchData(createBatchData(header, rows, tree, options))`, sooner. Requires the rows' header. */
  encode(header: Header, options?: BatchDataOptions): Uint8Array;
}

const encoder = new TextEncoder();
/** About: most have a few columns, and a proof of ten hashes. */
const BYTES_OF_A_ROW = 2048;

/** Creates the encoder of a batch. `hash` may be a faster SHA-256. */
export function createBatchEncoder(rows: readonly RowTexts[], hash?: Hash): BatchEncoder {
  const records = rows.map(({ record }) => recordText(record));
  const tree = createMerkleTree(
    records.map((text) => hashLeaf(encoder.encode(text), hash)),
    hash === undefined ? {} : { hash },
  );
  return {
    tree,
    encode(header, { proofIndex = true } = {}) {
      const id = batchId(header);
      const levels = tree.levels.map((level) => level.map(bytesToHex));
      const frame = createBatchData(header, [], tree, { proofIndex: false });
      const writer = createByteWriter(BYTES_OF_A_ROW * rows.length);
      writer.text(`{"batch_info":${toCanonical(frame.batch_info)},"format":"${frame.format}",`);
      writer.text(`"header":${toCanonical(header)},"header_digest":"${frame.header_digest}","merkle_tree":{`);
      if (proofIndex) {
        writer.text('"proof_index":{');
        proofTexts(levels).forEach((text, place) => writer.text(place === 0 ? text : `,${text}`));
        writer.text("},");
      }
      writer.text(`"root":"${header.merkle_root}"},"transactions":[`);
      for (const [index, row] of rows.entries()) {
        const leaf = `{"merkle_leaf":{"hash":"${levels[0]?.[index] ?? ""}","index":${index}}`;
        const metadata = metadataText(header, row, `${id}-${index}`);
        writer.text(`${index === 0 ? "" : ","}${leaf},"metadata":${metadata},"record":${records[index] ?? ""}}`);
      }
      writer.text(`],"verification":${toCanonical(frame.verification)}}`);
      return writer.done();
    },
  };
}

function metadataText({ payload: place }: Header, { record, payload }: RowTexts, transactionId: string): string {
  const { after, before, entry, key } = payload;
  const opened = `{"after":${after},"before":${before},"entry":${entry},"key":${key}}`;
  const names = `"database_name":${JSON.stringify(record.database)},"operation_type":"${record.operation}"`;
  const rest = `"table_affected":${JSON.stringify(record.table)},"timestamp":${record.timestamp ?? "null"}`;
  return `{"change_data":${place === "inline" ? opened : "null"},${names},${rest},"transaction_id":"${transactionId}"}`;
}

/** The members of a proof index, in canonical order. Leaves that share their way up share its text. */
function proofTexts(levels: readonly (readonly string[])[]): string[] {
  let above = [{ path: "", sides: "" }];
  for (const level of levels.slice(0, -1).toReversed()) {
    const parents = above;
    above = level.map((_, at) => {
      const { path, sides } = parents[Math.floor(at / 2)] ?? { path: "", sides: "" };
      const isLeft = at % 2 === 0;
      const sibling = level[isLeft ? at + 1 : at - 1];
      // A node that was carried up has none.
      if (sibling === undefined) return { path, sides };
      const comma = path === "" ? "" : ",";
      return { path: `"${sibling}"${comma}${path}`, sides: `"${isLeft ? "right" : "left"}"${comma}${sides}` };
    });
  }
  const names = Array.from(above.keys(), String).toSorted();
  return names.map((name) => {
    const { path = "", sides = "" } = above[Number(name)] ?? {};
    return `"tx-${name}":{"proof_path":[${path}],"sibling_positions":[${sides}]}`;
  });
}
