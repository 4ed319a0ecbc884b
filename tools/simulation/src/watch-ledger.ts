import { batchId, parseHeader, verifyBatch, verifyChain } from "@etrap/proof";
import type { Header, Row } from "@etrap/proof";
import { batchFolder, missingDerived, parseSlotKey, slotKey } from "@etrap/ledger";
import type { Delivery, Position } from "@etrap/batcher";
import type { MemoryAnchor, MemoryCarrier, SentEntry } from "@etrap/batcher/testing";
import type { MemoryStore } from "@etrap/ledger/testing";

/** Observes every effect on a store and a carrier, and collects the invariants that do not hold. */
export interface LedgerWatch {
  /** The violations found, each with its invariant. */
  readonly violations: string[];
  /** Must be called after each creation of an object. */
  created(key: string, bytes: Uint8Array): Promise<void>;
  /** Must be called before each commit that the source receives. */
  committing(deliveries: readonly Delivery[]): void;
  /** Checks the invariants that must hold once everything has come to rest. */
  atRest(carrier: MemoryCarrier, streams: readonly string[], anchored?: Anchored): Promise<void>;
}

/** What the anchor must hold of the ledger. */
export interface Anchored {
  readonly anchor: MemoryAnchor;
  /** Returns the seq of the first batch of a chain that has a token, by the chain's folder. */
  firstSeqOf(folder: string): number;
}

/** The number of hex digits that give the length of a field, before its bytes. */
const LENGTH_DIGITS = 8;

/** Observes a store that is still empty. */
export function watchLedger(store: MemoryStore): LedgerWatch {
  const violations: string[] = [];
  const recorded = new Map<string, number>();
  const seen = new Set<string>();
  /** The identities in each batch, by its header. */
  const batches = new Map<Header, readonly string[]>();

  const checkSlot = async (key: string, bytes: Uint8Array): Promise<void> => {
    const header = parseHeader(bytes);
    if (slotKey(header, header.seq) !== key) violations.push(`I2: ${key} holds the header of another place`);
    const batchData = await store.get(`${batchFolder(header, batchId(header))}batch-data.json`);
    if (batchData === undefined) return void violations.push(`I4: ${key} stands before its batch's data`);
    const { rows } = verifyBatch({ slot: bytes, batchData });
    const identities = rows.map((row) => identityOfRow(header, row));
    batches.set(header, identities);
    for (const identity of identities) {
      const count = (recorded.get(identity) ?? 0) + 1;
      recorded.set(identity, count);
      if (count > 1) violations.push(`I1: ${identity} is recorded ${count} times, the last in ${key}`);
    }
  };

  return {
    violations,
    async created(key, bytes) {
      if (seen.has(key)) return;
      seen.add(key);
      if (parseSlotKey(key) !== undefined) await checkSlot(key, bytes);
    },
    committing(deliveries) {
      for (const { entry, position, fields } of deliveries) {
        const identity = identityOf(position, { entry, fields });
        if (identity !== undefined && !recorded.has(identity))
          violations.push(`I7: ${identity} is committed, but in no slot`);
      }
    },
    async atRest(carrier, streams, anchored) {
      const carried = new Set<string | undefined>();
      for (const stream of streams) {
        const entries = carrier.entries(stream);
        const last = entries.at(-1)?.id;
        if (carrier.committed(stream) !== last)
          violations.push(`I1: ${stream} is committed to ${carrier.committed(stream)} of ${last}`);
        for (const { id, entry, fields } of entries) {
          const identity = identityOf({ stream, id }, { entry, fields });
          carried.add(identity);
          if (identity !== undefined && recorded.get(identity) !== 1)
            violations.push(`I1: ${identity} is recorded ${recorded.get(identity) ?? 0} times`);
        }
      }
      await checkChains(store, violations, anchored);
      // A batch whose entries a fail-over lost is not delivered again. Its chain may be quiet, and
      // only a repair completes it.
      for (const [header, identities] of batches)
        if (identities.every((identity) => carried.has(identity)))
          for (const key of await missingDerived(store, header)) violations.push(`derived: ${key} is missing`);
    },
  };
}

/**
 * Checks that the slots of every chain form one line without holes, that positions increase within
 * an epoch, and that batches were minted once, from the first of their chain that was minted on.
 */
async function checkChains(store: MemoryStore, violations: string[], anchored: Anchored | undefined): Promise<void> {
  const slots = store.keys().flatMap((key) => {
    const place = parseSlotKey(key);
    return place === undefined ? [] : [{ key, ...place }];
  });
  let expectedMints = 0;
  for (const [chain, keys] of Map.groupBy(slots, ({ folder }) => folder)) {
    const headers: Header[] = [];
    for (const { key } of keys) headers.push(parseHeader((await store.get(key)) ?? new Uint8Array()));
    try {
      verifyChain(headers);
      if (headers[0]?.seq !== 0) violations.push(`I2: ${chain} does not begin with 0`);
      for (const header of headers) {
        const expected = anchored === undefined || header.seq < anchored.firstSeqOf(chain) ? 0 : 1;
        expectedMints += expected;
        const mints = anchored?.anchor.mints(header) ?? 0;
        if (mints !== expected) violations.push(`I3: ${chain}${header.seq} was minted ${mints} times, not ${expected}`);
      }
    } catch (error) {
      violations.push(`I2, I6: ${chain}: ${String(error)}`);
    }
  }
  const mints = anchored?.anchor.minted.length ?? 0;
  if (mints !== expectedMints)
    violations.push(`I3: ${mints} batches are minted, and ${expectedMints} are in the ledger`);
}

function identityOfRow({ stream }: Header, { record, payload }: Row): string {
  if (record.operation === "GAP") return identityOfGap(stream, record.position, record.reason);
  const content = record.operation === "POISON" ? payload.entry?.bytes.slice(LENGTH_DIGITS) : record.captured_at;
  return `${stream} ${record.position} ${content}`;
}

/** Returns the text by which an arrival is recognized in the ledger. Undefined for a skip. */
function identityOf({ stream, id }: Position, { entry, fields }: SentEntry): string | undefined {
  if (entry.kind === "skip") return undefined;
  if (entry.kind === "gap") return identityOfGap(stream, id, entry.reason);
  const content =
    entry.kind === "change" ? entry.capturedAt : fields.map((field) => Buffer.from(field).toString("hex")).join("");
  return `${stream} ${id} ${content}`;
}

/** Returns the identity of a gap, which has no content but its position and reason. */
function identityOfGap(stream: string, position: string, reason: string | null): string {
  return `${stream} ${position} gap ${reason}`;
}
