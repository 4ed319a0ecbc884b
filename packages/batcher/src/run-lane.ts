import { codeOf } from "@etrap/ledger";
import type { Header } from "@etrap/proof";
import { SLOW_MS } from "./lanes/change-buffer.ts";
import type { Lane } from "./lanes/lane.ts";
import type { HeldBatch } from "./lanes/open-batches.ts";
import { seal } from "./sealing/seal.ts";
import type { SealedBatch } from "./sealing/seal.ts";
import { refuseContradicted } from "./storing/check-head.ts";
import { dropRecorded } from "./storing/drop-recorded.ts";
import { openChain } from "./storing/open-chain.ts";
import { NOTHING_IN_FLIGHT, storeBatch } from "./storing/store-batch.ts";
import type { WriterContext } from "./storing/writer-context.ts";

/** The largest number of batches of one chain whose data is stored ahead of the next free slot. */
const MAX_IN_FLIGHT = 8;

/**
 * Runs the storing loop of one chain: opens the chain, drops what is recorded already, seals the
 * rest, and stores it. No change can be lost here, since positions are committed only once a slot
 * covers them. Resolves when the source stepped back, and rejects with whatever went wrong. After
 * both, every change without a slot is checked again.
 */
export async function runLane(context: WriterContext, lane: Lane, onProgress: () => void): Promise<void> {
  const { source, buffer, clock, deadline } = context;
  // A crash here costs opening the chain once more.
  const opened = await openChain(context, lane);
  const { chain, generation } = opened;
  let { newest } = chain;
  let last = NOTHING_IN_FLIGHT;
  let failure: { readonly error: unknown } | undefined;
  try {
    while (source.generation === generation && failure === undefined && !deadline.aborted) {
      // A crash here costs checking once more.
      await dropRecorded(context, lane, opened);
      refuseContradicted(context, chain);
      // Everything that was held is recorded, perhaps by another writer, so a refusal is over.
      if (lane.changes === 0) onProgress();
      while (lane.batchesInFlight < MAX_IN_FLIGHT && buffer.maySeal(lane, clock.now())) {
        const closed = lane.takeClosed(buffer.isOverShare(lane) ? Number.POSITIVE_INFINITY : clock.now());
        if (closed === undefined) break;
        const batch = sealIfItFits(context, closed, newest);
        if (batch === undefined) {
          lane.split(closed);
          continue;
        }
        lane.noteSealed(closed, batch.data.bytes.length);
        newest = batch.header;
        last = storeBatch(context, { lane, chain, closed, batch }, last);
        last.committed.then(onProgress, (error: unknown) => void (failure ??= { error })).finally(lane.wakeup.notify);
      }
      // Waits until a change arrives, a batch is due, or one is committed. A crash here costs a
      // redelivery of what is held.
      await lane.wakeup.wait(buffer.isWaiting(lane) ? { ms: SLOW_MS, clock } : undefined);
    }
  } finally {
    // Batches in flight may still take their slots. Only after that is it known which changes have
    // none. A crash here costs redeliveries.
    await Promise.allSettled([last.recorded, last.committed]);
  }
  if (failure !== undefined) throw failure.error;
}

/**
 * Seals a batch. Returns undefined where no reader would accept the documents and the batch can be
 * split.
 */
function sealIfItFits(
  { writer, clock, randomBytes, proofIndex }: WriterContext,
  closed: HeldBatch,
  previous: Header | undefined,
): SealedBatch | undefined {
  try {
    return seal(closed, { previous, writer, sealedAt: clock.now(), randomBytes, proofIndex });
  } catch (error) {
    if (codeOf(error) !== "BATCH_TOO_LARGE" || closed.deliveries.length === 1) throw error;
    return undefined;
  }
}
