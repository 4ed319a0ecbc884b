import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import type { Hash, MerkleTree } from "@etrap/merkle";
import { createByteWriter } from "../bytes/byte-writer.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { toCanonical } from "../bytes/canonical-json.ts";
import { bytesToHex } from "../bytes/digest.ts";
import { batchId } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import type { Payload } from "../format/payload.ts";
import type { ChangeRecord } from "../format/record.ts";
import { createBatchData } from "./create-batch-data.ts";
import type { BatchDataOptions } from "./create-batch-data.ts";
import { recordText } from "./record-text.ts";

/** A row to be encoded: its record, and the canonical text of each part of its payload. */
export interface RowTexts {
  /** A record that `isRecord` accepts without its commitments. */
  readonly record: ChangeRecord;
  /** The text of a part that the payload does not have is `null`. */
  readonly payload: Readonly<Record<keyof Payload, string>>;
}

/** Hashes and encodes the rows of a batch. Each record's text is made once and used for both. */
export interface BatchEncoder {
  readonly tree: MerkleTree;
  /**
   * Returns the bytes of `encodeBatchData(createBatchData({ header, rows, tree }, options))` at a
   * fraction of the cost. Requires the header of these rows.
   */
  encode(header: Header, options?: BatchDataOptions): Uint8Array;
}

const encoder = new TextEncoder();

/** The expected size of a row without its record and its payload, and of a hash in its proof. */
const [BYTES_PER_ROW, BYTES_PER_HASH] = [512, 80];

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
      const levels = tree.levels.map((level) => level.map(bytesToHex));
      const frame = createBatchData({ header, rows: [], tree }, { proofIndex: false });
      const bytesPerRow = BYTES_PER_ROW + (proofIndex ? BYTES_PER_HASH * levels.length : 0);
      const contents = rows.map(({ payload }, index) => (records[index]?.length ?? 0) + lengthOf(payload));
      const writer = createByteWriter(contents.reduce((sum, length) => sum + bytesPerRow + length, 0));
      writer.text(`{"batch_info":${toCanonical(frame.batch_info)},"format":"${frame.format}",`);
      writer.text(`"header":${toCanonical(header)},"header_digest":"${frame.header_digest}","merkle_tree":{`);
      if (proofIndex) writeProofIndex(writer, levels);
      writer.text(`"root":"${header.merkle_root}"},"transactions":[`);
      const id = batchId(header);
      for (const [index, row] of rows.entries()) {
        const leaf = `{"merkle_leaf":{"hash":"${levels[0]?.[index] ?? ""}","index":${index}}`;
        const metadata = metadataTexts(header, row, `${id}-${index}`);
        const [before, after] = [`${index === 0 ? "" : ","}${leaf},"metadata":`, `,"record":${records[index] ?? ""}}`];
        writeTexts(writer, [before, ...metadata, after]);
      }
      writer.text(`],"verification":${toCanonical(frame.verification)}}`);
      return writer.done();
    },
  };
}

/** Returns the pieces of a row's metadata. The parts of its payload are pieces of their own. */
function metadataTexts({ payload: place }: Header, { record, payload }: RowTexts, transactionId: string): string[] {
  const { after, before, entry, key } = payload;
  const opened = ['{"after":', after, ',"before":', before, ',"entry":', entry, ',"key":', key, "}"];
  const names = `"database_name":${JSON.stringify(record.database)},"operation_type":"${record.operation}"`;
  const rest = `"table_affected":${JSON.stringify(record.table)},"timestamp":${record.timestamp ?? "null"}`;
  const shown = place === "inline" ? opened : ["null"];
  return ['{"change_data":', ...shown, `,${names},${rest},"transaction_id":"${transactionId}"}`];
}

function lengthOf({ after, before, entry, key }: RowTexts["payload"]): number {
  return after.length + before.length + entry.length + key.length;
}

/** From this length on, a text is written by itself: joined with others, it would be copied. */
const MIN_LONG_TEXT = 1 << 16;

/** Writes texts, the short ones together, because each call of the encoder costs some. */
function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  let short = "";
  for (const text of texts) {
    if (text.length < MIN_LONG_TEXT) short += text;
    else {
      writer.text(short);
      writer.text(text);
      short = "";
    }
  }
  writer.text(short);
}

type HexLevels = readonly (readonly string[])[];

function writeProofIndex(writer: ByteWriter, levels: HexLevels): void {
  writer.text('"proof_index":{');
  for (const [index, text] of proofTexts(levels).entries()) writer.text(index === 0 ? text : `,${text}`);
  writer.text("},");
}

/** Returns the members of a proof index, in canonical order. */
function proofTexts(levels: HexLevels): string[] {
  // From the root down: leaves that share the upper part of their path share its text.
  let above = [{ path: "", sides: "" }];
  for (const level of levels.slice(0, -1).toReversed()) {
    const parents = above;
    above = level.map((_, at) => {
      const { path, sides } = parents[Math.floor(at / 2)] ?? { path: "", sides: "" };
      const isLeft = at % 2 === 0;
      const sibling = level[isLeft ? at + 1 : at - 1];
      // An odd last node moves up unchanged, so it has no sibling at this level.
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
