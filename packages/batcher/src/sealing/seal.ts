import { batchId, comparePositions, headerDigest, parseHeader, encodeHeader, isPosition } from "@etrap/proof";
import {
  createBatchEncoder,
  createSalts,
  epochFor,
  extendCovered,
  MAX_BATCH_DATA_BYTES,
  recordTree,
  summarizeRecords,
} from "@etrap/proof/write";
import type { Header, Row } from "@etrap/proof";
import { batchDataKey, derivedDocuments, messageOf, slotKey } from "@etrap/ledger";
import type { ChainName, StoredObject } from "@etrap/ledger";
import { BatcherError } from "../batcher-error.ts";
import type { Arrival } from "../intake/arrival.ts";
import type { Writer } from "../options/writer.ts";
import { nodeSha256 } from "./node-sha256.ts";
import { rowOf } from "./row.ts";

/**
 * A batch that takes no more changes and is not sealed yet: a contiguous run of one chain's
 * arrivals from one stream.
 */
export interface ClosedBatch {
  readonly chain: ChainName;
  readonly stream: string;
  readonly deliveries: readonly Arrival[];
}

/** Options of `seal`, which depends on nothing else but the batch. */
export interface SealOptions {
  /** The chain's newest header, undefined for its first batch. */
  readonly previous: Header | undefined;
  readonly writer: Writer;
  /** The time of sealing, in milliseconds since 1970 UTC. */
  readonly sealedAt: number;
  /**
   * Fills salts. MUST be a cryptographic generator: an attacker who predicts a salt can test
   * guesses against the ledger.
   */
  randomBytes(length: number): Uint8Array;
  /** Whether batch-data.json lists every inclusion proof. Default: true. */
  readonly proofIndex?: boolean;
}

/** A sealed batch: its documents, and the slot that would put it into the ledger. */
export interface SealedBatch {
  readonly id: string;
  readonly header: Header;
  readonly data: StoredObject;
  readonly slot: StoredObject;
  /**
   * Returns the derived documents, which are pure functions of the batch: the tree and the indices.
   */
  derived(): StoredObject[];
}

/**
 * Seals a closed batch on top of the chain's newest header. Sealing again makes a batch with
 * another id, and the slot decides which one counts. Throws POSITIONS_OUT_OF_ORDER,
 * OTHER_ORGANIZATION, NOT_SEALABLE or BATCH_TOO_LARGE.
 */
export function seal(
  closed: ClosedBatch,
  { previous, writer, sealedAt, randomBytes, proofIndex = true }: SealOptions,
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
    data: { key: batchDataKey(closed.chain, id), bytes: data },
    slot: { key: slotKey(closed.chain, header.seq), bytes: slot },
    derived: () => derivedDocuments(header, records, encoder.tree),
  };
}

/** Makes the derived documents of a batch from its rows. */
export function derivedObjects(header: Header, rows: readonly Row[]): StoredObject[] {
  const records = rows.map(({ record }) => record);
  return derivedDocuments(header, records, recordTree(records, nodeSha256));
}

/** Refuses a slot that no reader would accept, since it would stop the chain for good. */
function checkReadable(slot: Uint8Array): void {
  try {
    parseHeader(slot);
  } catch (cause) {
    throw new BatcherError("NOT_SEALABLE", messageOf(cause), cause);
  }
}

/**
 * Refuses another organization. A chain has one, and a batch in another name would break it for
 * every verifier.
 */
function checkOrganization(previous: Header | undefined, { organization }: Writer): void {
  if (previous === undefined || previous.organization_id === organization) return;
  throw new BatcherError(
    "OTHER_ORGANIZATION",
    `expected ${previous.organization_id}, the organization of the chain, got ${organization}; use a separate store for each`,
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
