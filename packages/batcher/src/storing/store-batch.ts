import { codeOf } from "@etrap/ledger";
import { beginsEpoch } from "@etrap/proof";
import type { Lane } from "../lanes/lane.ts";
import type { HeldBatch } from "../lanes/open-batches.ts";
import { publicationOf } from "../sealing/publication.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { orAbort } from "../wait/or-abort.ts";
import type { Chain } from "./chain.ts";
import { storeDerived } from "./complete-derived.ts";
import { storeTruth } from "./store-object.ts";
import type { WriterContext } from "./writer-context.ts";

/** A sealed batch on its way into the ledger. */
export interface BatchInFlight {
  readonly lane: Lane;
  readonly chain: Chain;
  readonly closed: HeldBatch;
  readonly batch: SealedBatch;
}

/**
 * The progress of a batch. Each step waits for the same step of the batch before, and rejects where
 * that one rejects.
 */
export interface BatchProgress {
  /** Resolves once the batch's slot stands. */
  readonly recorded: Promise<void>;
  /** Resolves once the batch is committed to the source. */
  readonly committed: Promise<void>;
}

/** The progress of a chain that has no batch in flight. */
export const NOTHING_IN_FLIGHT: BatchProgress = { recorded: Promise.resolve(), committed: Promise.resolve() };

/**
 * Stores a sealed batch: its data beside the data of others, its slot after theirs, then its
 * derived documents and the commit.
 */
export function storeBatch(context: WriterContext, inFlight: BatchInFlight, before: BatchProgress): BatchProgress {
  const recorded = takeSlot(context, inFlight, before.recorded);
  // Prevents an unhandled rejection, since this may be awaited later.
  recorded.catch(() => undefined);
  return { recorded, committed: complete(context, inFlight, { before: before.committed, recorded }) };
}

async function takeSlot(context: WriterContext, inFlight: BatchInFlight, before: Promise<void>): Promise<void> {
  const { chain, closed, batch } = inFlight;
  const { store, onEvent } = context;
  const stored = storeTruth(store, batch.data, context);
  // Prevents an unhandled rejection, since nothing awaits this where the batch before is discarded.
  stored.catch(() => undefined);
  // Rejects where that slot was lost. This batch names one that is not in the ledger, so it is
  // discarded too, but not its deliveries.
  await before;
  // A crash up to here costs nothing: no slot names this object, and the changes are delivered
  // again.
  await stored;
  try {
    // THE COMMIT POINT. A crash before it leaves an orphan. A crash after it costs a redelivery,
    // which is found in the ledger and dropped.
    await storeTruth(store, batch.slot, context);
  } catch (error) {
    if (codeOf(error) === "KEY_CONFLICT") onEvent({ type: "slot-lost", chain: chain.name, seq: batch.header.seq });
    throw error;
  }
  chain.advance(batch.header);
  context.anchoring?.queue.batchStored(publicationOf(batch.header, batch.data));
  if (beginsEpoch(batch.header)) {
    const { stream, epoch } = batch.header;
    onEvent({ type: "epoch-began", chain: chain.name, stream, epoch });
  }
  onEvent({ type: "batch-stored", batchId: batch.id, header: batch.header, bytes: batch.data.bytes.length });
  context.facts.note(closed);
}

/** The steps that a batch waits for before it is completed. */
interface Awaited {
  /** The commit of the batch before. */
  readonly before: Promise<void>;
  readonly recorded: Promise<void>;
}

async function complete(
  context: WriterContext,
  { lane, closed, batch }: BatchInFlight,
  { before, recorded }: Awaited,
): Promise<void> {
  const { source, store, deadline } = context;
  // A crash while waiting costs a redelivery: dropped where the slot was taken, recorded otherwise.
  await before;
  await recorded;
  // Before the commit, so that after a crash here a redelivery opens this chain again, which
  // completes them.
  await storeDerived(store, batch.derived(), context);
  // A crash before this commit costs a redelivery and nothing else.
  await orAbort(deadline, source.commit(closed.deliveries));
  lane.release(closed);
}
