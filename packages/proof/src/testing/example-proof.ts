import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeBatchData } from "../batch-data.ts";
import { createBatchData, recordTree } from "../create-batch-data.ts";
import type { Row } from "../batch-data.ts";
import { extendCovered } from "../covered.ts";
import { discloseProof } from "../disclose.ts";
import { encodeHeader } from "../header.ts";
import type { Header } from "../header.ts";
import { commitToImage, openImage } from "../image.ts";
import type { Commitment } from "../image.ts";
import { encodeProofFile } from "../proof-file.ts";
import { summarizeRecords } from "../record-summary.ts";
import { verifyBatch } from "../verify-batch.ts";

const STREAM = "etrap.public.account";
const OWNERS = ["Ana", "Bo", "Čeněk"];

/** The published examples: a proof of the second of three inserts, whole, and with the column `iban` hidden. By file name. */
export function exampleProofs(): ReadonlyMap<string, string> {
  const whole = prove("row");
  const inPart = discloseProof(prove("fields"), { key: "all", after: ["id", "owner"] });
  const decode = (file: typeof whole): string => new TextDecoder().decode(encodeProofFile(file));
  return new Map([
    ["account.etrap.json", decode(whole)],
    ["account-in-part.etrap.json", decode(inPart)],
  ]);
}

function prove(commitment: Commitment): ReturnType<ReturnType<typeof verifyBatch>["prove"]> {
  // Salts that anyone can predict hide nothing: these are for an example alone.
  let count = 0;
  const salt = (): string => (count += 1).toString(16).padStart(2, "0").repeat(16);
  const rows = OWNERS.map((owner, index) => insert(index, owner, commitment, salt));
  const records = rows.map(({ record }) => record);
  const tree = recordTree(records);
  const summary = summarizeRecords(records);
  const stretch = { stream: STREAM, epoch: 0, first: summary.first_position, last: summary.last_position };
  const header: Header = {
    format: "etrap-header/0",
    organization_id: "acme",
    database: "erp",
    schema: "public",
    table: "account",
    seq: 0,
    previous: null,
    merkle_root: bytesToHex(tree.root()),
    ...summary,
    hash: "rfc9162-sha256",
    commitment,
    payload: "inline",
    sealed_at: 1_749_855_196_423,
    stream: STREAM,
    epoch: 0,
    covered: extendCovered({}, stretch),
    capture: { carrier: "debezium-redis", source_name: "etrap", options: {} },
    rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
    agent: "etrap/0.0.0",
  };
  const batchData = encodeBatchData(createBatchData(header, rows, tree));
  return verifyBatch({ slot: encodeHeader(header), batchData }).prove(1);
}

function insert(index: number, owner: string, commitment: Commitment, salt: () => string): Row {
  const id = String(index + 6);
  const key = openImage({ id }, commitment, salt);
  const after = openImage({ id, iban: `DE0210010010000682010${index}`, owner }, commitment, salt);
  return {
    record: {
      database: "erp",
      schema: "public",
      table: "account",
      operation: "INSERT",
      timestamp: 1_749_855_135_648,
      captured_at: `174985513565012345${index}`,
      position: `1749855135650-${index}`,
      lsn: String(24_023_128 + 48 * index),
      tx_id: "555",
      tx_order: index + 1,
      run: "01a205fb-ce78-74e3-b0ed-31a261964408",
      key: commitToImage(key),
      before: null,
      after: commitToImage(after),
      omitted: null,
      raw: null,
      reason: null,
    },
    payload: { key, before: null, after, entry: null },
  };
}
