import { batchId, encodeHeader, headerDigest, NO_RULES } from "@etrap/proof";
import {
  commitAndEncodeEntry,
  commitAndEncodeImage,
  createBatchEncoder,
  createSalts,
  encodeAnchorDocument,
  encodeDerivedDocuments,
  epochFor,
  extendCovered,
  summarizeRecords,
} from "@etrap/proof/write";
import type { ChangeRecord, Header, Receipt } from "@etrap/proof";
import type { RowTexts } from "@etrap/proof/write";
import { batchDataKey, batchFolder, slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { StoredObject } from "../object-store.ts";

/** A true batch, as a writer would store it. */
export interface SampleBatch {
  readonly id: string;
  readonly header: Header;
  readonly data: StoredObject;
  readonly slot: StoredObject;
  /** Returns the documents that are pure functions of the batch. */
  derived(): StoredObject[];
}

/** Options of `sampleBatch`: the members that differ from the default batch. */
export interface SampleBatchOptions {
  readonly chain?: ChainName;
  /** The header before this one. Default: none, for the first batch. */
  readonly previous?: Header | undefined;
  /**
   * The number of the batch's first change, from which positions and values follow. Default: 1 for
   * seq 0, then counted on.
   */
  readonly firstNumber?: number;
  readonly changes?: number;
  readonly sealedAt?: number;
  /** The times of the changes, in turn. Default: one time for all. */
  readonly timestamps?: readonly (number | null)[];
  readonly organization?: string;
  readonly agent?: string;
  /** Fills the salts. Batches with other salts are other batches. Default: zeros. */
  readonly randomBytes?: (length: number) => Uint8Array;
}

const STREAM = "etrap.public.account";
const SEALED_AT = 1_749_855_196_423;
const COMMITTED_AT = 1_749_855_135_648;
const encoder = new TextEncoder();

/** Returns the name of a table's chain in the database `erp`, schema `public`. */
export function sampleChain(table: string): ChainName {
  return { database: "erp", schema: "public", table };
}

/**
 * Returns the first `count` batches of a chain, of one change each. The same arguments give the
 * same batches. Another `fork` gives other batches.
 */
export function sampleBatches(count: number, chain: ChainName = sampleChain("account"), fork = 0): SampleBatch[] {
  const batches: SampleBatch[] = [];
  for (let seq = 0; seq < count; seq += 1) {
    const previous = batches.at(-1)?.header;
    batches.push(sampleBatch({ chain, previous, randomBytes: (length) => new Uint8Array(length).fill(fork) }));
  }
  return batches;
}

/** Returns the bytes of an anchor.json for this batch and receipt. */
export function sampleAnchorDocument(header: Header, receipt: Receipt): Uint8Array {
  const [batch_id, header_digest] = [batchId(header), headerDigest(header)];
  return encodeAnchorDocument({ format: "etrap-anchor/0", batch_id, header_digest, receipt });
}

/** Returns a true batch of inserts, or of poison where the chain is a control chain. */
export function sampleBatch(options: SampleBatchOptions = {}): SampleBatch {
  const { chain = sampleChain("account"), previous, changes = 1 } = options;
  const seq = previous === undefined ? 0 : previous.seq + 1;
  const { firstNumber = 1 + seq * changes } = options;
  const salt = createSalts(options.randomBytes ?? ((length) => new Uint8Array(length)));
  const timestamps = options.timestamps ?? [COMMITTED_AT];
  const rows = Array.from({ length: changes }, (_, index) => {
    const timestamp = timestamps[index % timestamps.length] ?? null;
    return rowOf(chain, { number: firstNumber + index, timestamp }, salt);
  });
  const records = rows.map(({ record }) => record);
  const batch = createBatchEncoder(rows);
  const summary = summarizeRecords(records);
  const [first, last, covered] = [summary.first_position, summary.last_position, previous?.covered ?? {}];
  const epoch = epochFor(covered, STREAM, first);
  const header: Header = {
    format: "etrap-header/0",
    organization_id: options.organization ?? "acme",
    ...chain,
    seq,
    previous: previous === undefined ? null : { batch_id: batchId(previous), digest: headerDigest(previous) },
    merkle_root: Array.from(batch.tree.root(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    ...summary,
    hash: "rfc9162-sha256",
    commitment: "row",
    payload: "inline",
    sealed_at: options.sealedAt ?? SEALED_AT + seq,
    stream: STREAM,
    epoch,
    covered: extendCovered(covered, { stream: STREAM, epoch, first, last }),
    capture: { carrier: "memory", source_name: chain.database, options: {} },
    rules: NO_RULES,
    agent: options.agent ?? "test/0",
  };
  const id = batchId(header);
  return {
    id,
    header,
    data: { key: batchDataKey(chain, id), bytes: batch.encode(header) },
    slot: { key: slotKey(chain, seq), bytes: encodeHeader(header) },
    derived: () =>
      Array.from(encodeDerivedDocuments(id, records, batch.tree), ([name, bytes]) => {
        return { key: `${batchFolder(chain, id)}${name}`, bytes };
      }),
  };
}

interface SampleChange {
  readonly number: number;
  readonly timestamp: number | null;
}

function rowOf(
  { database, schema, table }: ChainName,
  { number, timestamp }: SampleChange,
  salt: () => string,
): RowTexts {
  const place = { ...UNKNOWN, database, schema, table, position: `${number}-0` };
  if (table === null) {
    const entry = commitAndEncodeEntry([encoder.encode(String(number))], salt);
    const record: ChangeRecord = { ...place, operation: "POISON", reason: "NOT_JSON", raw: entry.digest };
    return { record, payload: { after: "null", before: "null", entry: entry.opening, key: "null" } };
  }
  const key = commitAndEncodeImage({ id: String(number) }, { commitment: "row", salt });
  const values = { id: String(number), owner: `owner ${number}` };
  const after = commitAndEncodeImage(values, { commitment: "row", salt });
  const record: ChangeRecord = {
    ...place,
    captured_at: String(1_749_855_135_650_000_000n + BigInt(number)),
    timestamp,
    key: key.digest,
    after: after.digest,
  };
  return { record, payload: { after: after.opening, before: "null", entry: "null", key: key.opening } };
}

const UNKNOWN: ChangeRecord = {
  after: null,
  before: null,
  captured_at: null,
  database: "",
  key: null,
  lsn: null,
  omitted: null,
  operation: "INSERT",
  position: "",
  raw: null,
  reason: null,
  run: null,
  schema: null,
  table: null,
  timestamp: null,
  tx_id: null,
  tx_order: null,
};
