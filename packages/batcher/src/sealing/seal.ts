import { batchFolder, batchId, comparePositions, headerDigest, parseHeader, slotKey } from "@etrap/proof";
import {
  createBatchEncoder,
  createSalts,
  encodeDerivedDocuments,
  encodeHeader,
  epochFor,
  extendCovered,
  isPosition,
  MAX_BATCH_DATA_BYTES,
  recordTree,
  summarizeRecords,
} from "@etrap/proof/write";
import type { ChainName, ChangeRecord, Commitment, Header, Row, Rules } from "@etrap/proof";
import { BatcherError } from "../batcher-error.ts";
import type { Arrival } from "../reading/arrival.ts";
import { nodeSha256 } from "./node-sha256.ts";
import { rowOf } from "./row.ts";

/** A batch that takes no more and is not sealed yet: a contiguous run of one chain's deliveries from one stream. */
export interface ClosedBatch {
  readonly chain: ChainName;
  readonly stream: string;
  readonly deliveries: readonly Arrival[];
}

/** What every header of this writer says of it. */
export interface Writer {
  readonly organization: string;
  /** The program's name and version. */
  readonly agent: string;
  readonly capture: Header["capture"];
  readonly rules: Rules;
  /** `row` (the default), or `fields` where columns are to be shown one by one; it costs a salt and a hash for each. */
  readonly commitment?: Commitment;
}

/** What sealing takes from outside, so that it stays a function of values. */
export interface SealInputs {
  readonly sealedAt: number;
  /** Fills salts. MUST be a cryptographic generator: whoever can predict a salt can test guesses against the record. */
  randomBytes(length: number): Uint8Array;
  /** Whether batch-data.json lists every proof, two fifths of its size for small rows; merkle-tree.json gives them too. Default: yes. */
  readonly proofIndex?: boolean;
}

/** One object to be stored. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** A sealed batch: its documents, and the slot that would put it into the record. */
export interface SealedBatch {
  readonly id: string;
  readonly header: Header;
  readonly data: StoredObject;
  readonly slot: StoredObject;
  /** What is a pure function of the batch: the tree and the indices. */
  derived(): StoredObject[];
}

/**
 * Seals a closed batch on top of the chain's newest header. Sealing again gives another id; the slot decides which one is. Throws POSITIONS_OUT_OF_ORDER,
 * OTHER_ORGANIZATION, NOT_SEALABLE or BATCH_TOO_LARGE.
 */
export function seal(
  closed: ClosedBatch,
  previous: Header | undefined,
  writer: Writer,
  { sealedAt, randomBytes, proofIndex = true }: SealInputs,
): SealedBatch {
  checkOrder(closed);
  checkOrganization(previous, writer);
  const salt = createSalts(randomBytes);
  const { commitment = "row" } = writer;
  const rows = closed.deliveries.map((arrival) => rowOf(arrival, commitment, salt));
  const records = rows.map(({ record }) => record);
  const encoder = createBatchEncoder(rows, nodeSha256);
  const summary = summarizeRecords(records);
  const { stream } = closed;
  const covered = previous?.covered ?? {};
  const epoch = epochFor(covered, stream, summary.first_position);

  const header: Header = {
    format: "etrap-header/0",
    organization_id: writer.organization,
    database: closed.chain.database,
    schema: closed.chain.schema,
    table: closed.chain.table,
    seq: previous === undefined ? 0 : previous.seq + 1,
    previous: previous === undefined ? null : { batch_id: batchId(previous), digest: headerDigest(previous) },
    merkle_root: Buffer.from(encoder.tree.root()).toString("hex"),
    ...summary,
    hash: "rfc9162-sha256",
    commitment,
    payload: "inline",
    sealed_at: sealedAt,
    stream,
    epoch,
    covered: extendCovered(covered, { stream, epoch, first: summary.first_position, last: summary.last_position }),
    capture: writer.capture,
    rules: writer.rules,
    agent: writer.agent,
  };
  const slot = encodeHeader(header);
  checkReadable(slot);
  const id = batchId(header);
  const dataKey = `${batchFolder(closed.chain, id)}batch-data.json`;
  const data = encoder.encode(header, { proofIndex });
  if (data.length > MAX_BATCH_DATA_BYTES) {
    throw new BatcherError(
      "BATCH_TOO_LARGE",
      `expected at most ${MAX_BATCH_DATA_BYTES} bytes of batch data, got ${data.length}`,
    );
  }
  return {
    id,
    header,
    data: { key: dataKey, bytes: data },
    slot: { key: slotKey(closed.chain, header.seq), bytes: slot },
    derived: () => encodeDerived(header, records, encoder.tree),
  };
}

/** The names of what is a pure function of a batch, in its folder. */
export const DERIVED_NAMES: readonly string[] = [
  "merkle-tree.json",
  ...["by-date", "by-operation", "by-timestamp"].map((name) => `indices/${name}.json`),
];

/** The objects that are pure functions of a batch's rows: the tree and the indices. */
export function derivedObjects(header: Header, rows: readonly Row[]): StoredObject[] {
  const records = rows.map(({ record }) => record);
  return encodeDerived(header, records, recordTree(records, nodeSha256));
}

function encodeDerived(
  header: Header,
  records: readonly ChangeRecord[],
  tree: ReturnType<typeof recordTree>,
): StoredObject[] {
  const documents = encodeDerivedDocuments(batchId(header), records, tree);
  return Array.from(documents, ([name, bytes]) => ({ key: `${batchFolder(header, batchId(header))}${name}`, bytes }));
}

/** A slot that cannot be read stops the chain for good, so none is written. */
function checkReadable(slot: Uint8Array): void {
  try {
    parseHeader(slot);
  } catch (cause) {
    throw new BatcherError("NOT_SEALABLE", cause instanceof Error ? cause.message : "not readable", cause);
  }
}

/** One chain is one organization's: a batch in another's name would break it for every verifier. */
function checkOrganization(previous: Header | undefined, { organization }: Writer): void {
  if (previous === undefined || previous.organization_id === organization) return;
  throw new BatcherError(
    "OTHER_ORGANIZATION",
    `expected the chain's organization ${previous.organization_id}, got ${organization}; use a store of its own for each`,
  );
}

function checkOrder({ stream, deliveries }: ClosedBatch): void {
  for (const [index, { position }] of deliveries.entries()) {
    const before = deliveries[index - 1];
    const follows = before === undefined || comparePositions(before.position.id, position.id) < 0;
    if (!isPosition(position.id) || !follows) {
      throw new BatcherError(
        "POSITIONS_OUT_OF_ORDER",
        `stream ${stream}: expected a position after the one before it, got ${position.id}`,
      );
    }
  }
}
