import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeBatchData } from "../batch-data.ts";
import type { Row } from "../batch-data.ts";
import { epochFor, extendCovered } from "../covered.ts";
import { createBatchData, recordTree } from "../create-batch-data.ts";
import type { BatchDataOptions } from "../create-batch-data.ts";
import { commitToEntry, encodeEntry } from "../entry.ts";
import { batchId, encodeHeader, headerDigest } from "../header.ts";
import type { Header, PayloadPlace } from "../header.ts";
import { commitToImage, openImage } from "../image.ts";
import type { Commitment, Image } from "../image.ts";
import { encodePayloadDocument } from "../payload-document.ts";
import { ERASED, IMAGES } from "../payload.ts";
import type { ChangeRecord } from "../record.ts";
import { summarizeRecords } from "../record-summary.ts";
import { encodeDerivedDocuments } from "../tree-documents.ts";

const STREAM = "etrap.public.account";
let salts = 0;

/** Salts for tests: each another one, and predictable. */
export function sampleSalt(): string {
  salts += 1;
  return salts.toString(16).padStart(32, "0");
}

/** An insert into `public.account`. */
export function sampleRow(
  index: number,
  values: Image = { id: String(index), owner: `owner ${index}` },
  commitment: Commitment = "row",
): Row {
  const key = openImage({ id: String(index) }, commitment, sampleSalt);
  const payload = { key, before: null, after: openImage(values, commitment, sampleSalt), entry: null };
  return {
    record: {
      database: "erp",
      schema: "public",
      table: "account",
      operation: "INSERT",
      timestamp: 1_749_855_135_648 + index,
      captured_at: `1749855135650${String(index).padStart(6, "0")}`,
      position: `1749855135650-${index}`,
      lsn: String(24_023_128 + index),
      tx_id: "555",
      tx_order: index + 1,
      run: "3f1c",
      key: commitToImage(payload.key),
      before: null,
      after: commitToImage(payload.after),
      omitted: null,
      raw: null,
      reason: null,
    },
    payload,
  };
}

/** An entry that could not be decoded. */
export function samplePoison(index: number): Row {
  const encoder = new TextEncoder();
  const entry = { salt: "ab".repeat(16), bytes: encodeEntry([encoder.encode("value"), encoder.encode("{")]) };
  const record = {
    ...controlRecord(index),
    operation: "POISON" as const,
    raw: commitToEntry(entry),
    reason: "NOT_JSON",
  };
  return { record, payload: { ...ERASED, entry } };
}

/** Entries that were trimmed before they could be read. */
export function sampleGap(index: number): Row {
  const record = { ...controlRecord(index), operation: "GAP" as const, reason: "TRIMMED_UNREAD" };
  return { record, payload: ERASED };
}

/** A record of which nothing is known but where it stood. */
function controlRecord(index: number): ChangeRecord {
  const nothing = {
    timestamp: null,
    captured_at: null,
    lsn: null,
    tx_id: null,
    tx_order: null,
    run: null,
    key: null,
    before: null,
    after: null,
  };
  return { ...sampleRow(index).record, ...nothing, schema: null, table: null };
}

/** The same, where the rules keep the entry's bytes out of the record. */
export function sampleWithheldPoison(index: number): Row {
  const { record, payload } = samplePoison(index);
  return { record: { ...record, raw: null }, payload: { ...payload, entry: null } };
}

/** A header over these rows, on top of `previous`. */
export function sampleHeader(rows: readonly Row[], previous?: Header, payload: PayloadPlace = "inline"): Header {
  const records = rows.map(({ record }) => record);
  const summary = summarizeRecords(records);
  const covered = previous?.covered ?? {};
  const epoch = epochFor(covered, STREAM, summary.first_position);
  const stretch = { stream: STREAM, epoch, first: summary.first_position, last: summary.last_position };
  return {
    format: "etrap-header/0",
    organization_id: "acme",
    database: "erp",
    schema: rows[0]?.record.schema ?? null,
    table: rows[0]?.record.table ?? null,
    seq: previous === undefined ? 0 : previous.seq + 1,
    previous: previous === undefined ? null : { batch_id: batchId(previous), digest: headerDigest(previous) },
    merkle_root: bytesToHex(recordTree(records).root()),
    ...summary,
    hash: "rfc9162-sha256",
    commitment: commitmentOf(rows),
    payload,
    sealed_at: 1_749_855_196_423,
    stream: STREAM,
    epoch,
    covered: extendCovered(covered, stretch),
    capture: { carrier: "debezium-redis", source_name: "etrap", options: {} },
    rules: {
      included_tables: null,
      excluded_tables: [],
      included_operations: null,
      excluded_columns: records.some(isWithheld) ? ["*.iban"] : [],
    },
    agent: "etrap/0.0.0",
  };
}

function isWithheld({ operation, raw }: ChangeRecord): boolean {
  return operation === "POISON" && raw === null;
}

function commitmentOf(rows: readonly Row[]): Commitment {
  const isFields = rows.some(({ payload }) =>
    IMAGES.some((part) => payload[part] !== null && "fields" in payload[part]),
  );
  return isFields ? "fields" : "row";
}

/** The documents of a batch as they are stored, and its header. */
export interface SampleDocuments {
  readonly header: Header;
  readonly slot: Uint8Array;
  readonly batchData: Uint8Array;
  /** Where the values are kept apart. */
  readonly payload: Uint8Array | undefined;
  readonly derived: ReadonlyMap<string, Uint8Array>;
}

export function sampleDocuments(
  rows: readonly Row[],
  previous?: Header,
  { payload = "inline", ...options }: BatchDataOptions & { readonly payload?: PayloadPlace } = {},
): SampleDocuments {
  const header = sampleHeader(rows, previous, payload);
  const records = rows.map(({ record }) => record);
  const tree = recordTree(records);
  const id = batchId(header);
  return {
    header,
    slot: encodeHeader(header),
    batchData: encodeBatchData(createBatchData(header, rows, tree, options)),
    payload: payload === "separate" ? payloadDocument(id, rows) : undefined,
    derived: encodeDerivedDocuments(id, records, tree),
  };
}

/** payload.json of these rows. */
export function payloadDocument(id: string, rows: readonly Row[]): Uint8Array {
  return encodePayloadDocument({ format: "etrap-payload/0", batch_id: id, rows: rows.map(({ payload }) => payload) });
}
