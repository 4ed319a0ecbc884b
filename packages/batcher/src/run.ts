import type { Header } from "@etrap/proof";
import { beginsEpoch } from "@etrap/proof/write";
import { ask } from "./ask.ts";
import type { Batching } from "./batching.ts";
import type { Chain } from "./record/chain.ts";
import { refuseContradicted } from "./check-head.ts";
import { storeDerived } from "./record/complete-derived.ts";
import { codeOf } from "./error-code.ts";
import type { Lane } from "./lanes/lane.ts";
import { SLOW_MS } from "./lanes/lanes.ts";
import { openForWriting } from "./open-for-writing.ts";
import type { HeldBatch } from "./lanes/pool.ts";
import { publicationOf } from "./anchoring/read-publication.ts";
import { seal } from "./sealing/seal.ts";
import type { SealedBatch } from "./sealing/seal.ts";
import { storeTruth } from "./record/store-object.ts";
import { unlessCut } from "./waiting/unless-cut.ts";

/** How many batches of one chain are sealed, and their data stored, ahead of its next free slot. */
const MAX_IN_FLIGHT = 8;

/**
 * The writing side, for one chain: opens it, asks of each change whether the record has it, seals the others, and puts them into the record.
 * Nothing in here can lose a change: positions are committed where a slot covers them, and nowhere else. Resolves when the source stepped back, rejects with what went wrong; after both, whatever has no slot is asked again.
 */
export async function serve(batching: Batching, lane: Lane, onProgress: () => void): Promise<void> {
  const { source, lanes, clock, cut } = batching;
  const { generation } = source;
  // A crash in here costs opening it once more.
  const asked = await openForWriting(batching, lane);
  const { chain } = asked;
  let { newest } = chain;
  let last: Progress = { recorded: Promise.resolve(), finished: Promise.resolve() };
  let failure: { readonly error: unknown } | undefined;
  try {
    while (source.generation === generation && failure === undefined && !cut.aborted) {
      // A crash in here costs asking once more.
      await ask(batching, lane, asked, generation);
      refuseContradicted(batching, lane);
      // All that was held is in the record, perhaps by another writer: nothing stands against this chain any more.
      if (lane.changes === 0) onProgress();
      while (lane.batchesInFlight < MAX_IN_FLIGHT && lanes.maySeal(lane, clock.now())) {
        const closed = lane.takeClosed(lanes.isOverShare(lane) ? Number.POSITIVE_INFINITY : clock.now());
        if (closed === undefined) break;
        const batch = sealIfItFits(batching, closed, newest);
        if (batch === undefined) {
          lane.split(closed);
          continue;
        }
        lane.sealed(closed, batch.data.bytes.length);
        newest = batch.header;
        last = launch(batching, { lane, chain, closed, batch }, last);
        last.finished.then(onProgress, (error: unknown) => void (failure ??= { error })).finally(lane.bell.ring);
      }
      // Until a change comes, a batch is due, or one is finished. A crash here costs what is held: it comes again.
      await lane.bell.heard(lanes.isWaiting(lane) ? { ms: SLOW_MS, clock } : undefined);
    }
  } finally {
    // A slot on its way may still be taken: only then it is known what has none. A crash here costs redeliveries of what was on its way.
    await Promise.allSettled([last.recorded, last.finished]);
  }
  if (failure !== undefined) throw failure.error;
}

/** Undefined where no reader would take the documents, and two smaller batches can be made of it. */
function sealIfItFits(
  { writer, clock, randomBytes, proofIndex }: Batching,
  closed: HeldBatch,
  previous: Header | undefined,
): SealedBatch | undefined {
  try {
    return seal(closed, previous, writer, { sealedAt: clock.now(), randomBytes, proofIndex });
  } catch (error) {
    if (codeOf(error) !== "BATCH_TOO_LARGE" || closed.deliveries.length === 1) throw error;
    return undefined;
  }
}

/** A sealed batch on its way into the record. */
interface SealedOnItsWay {
  readonly lane: Lane;
  readonly chain: Chain;
  readonly closed: HeldBatch;
  readonly batch: SealedBatch;
}

/** How far it is: its slot stands, and the source knows. Each waits for that of the batch before, and rejects with it. */
interface Progress {
  readonly recorded: Promise<void>;
  readonly finished: Promise<void>;
}

function launch(batching: Batching, sealed: SealedOnItsWay, before: Progress): Progress {
  const recorded = record(batching, sealed, before.recorded);
  // Whoever waits for it may come to it later.
  recorded.catch(() => undefined);
  return { recorded, finished: finish(batching, sealed, before.finished, recorded) };
}

/** Stores a batch beside others, and takes its slot after theirs. */
async function record(batching: Batching, { chain, batch }: SealedOnItsWay, before: Promise<void>): Promise<void> {
  const { store, onEvent } = batching;
  const stored = storeTruth(store, batch.data, batching);
  // Nobody waits for it where the batch before is thrown away.
  stored.catch(() => undefined);
  // Rejects where that slot was lost: this batch stands on one that is not in the record, and is thrown away, but not its deliveries.
  await before;
  // A crash up to here costs nothing: no slot names this object, and the changes come back.
  await stored;
  try {
    // THE COMMIT POINT. A crash before it leaves an orphan; a crash after it, a redelivery that is found in the record and dropped.
    await storeTruth(store, batch.slot, batching);
  } catch (error) {
    if (codeOf(error) === "KEY_CONFLICT") onEvent({ type: "slot-lost", chain: chain.name, seq: batch.header.seq });
    throw error;
  }
  chain.advance(batch.header);
  batching.anchoring?.queue.batchStored(publicationOf(batch.header, batch.data));
  if (beginsEpoch(batch.header)) {
    const { stream, epoch } = batch.header;
    onEvent({ type: "epoch-began", chain: chain.name, stream, epoch });
  }
  onEvent({ type: "batch-stored", batchId: batch.id, header: batch.header, bytes: batch.data.bytes.length });
}

/** What follows the slot: the documents that can be made again, then the source. */
async function finish(
  batching: Batching,
  { lane, closed, batch }: SealedOnItsWay,
  before: Promise<void>,
  recorded: Promise<void>,
): Promise<void> {
  const { source, store, cut } = batching;
  // A crash while waiting costs a redelivery: dropped if the slot was taken, recorded otherwise.
  await before;
  await recorded;
  // Before the commit, so that after a crash in here a redelivery opens this chain again, which completes them.
  await storeDerived(store, batch.derived(), batching);
  // A crash before this commit costs a redelivery, nothing else.
  await unlessCut(cut, source.commit(closed.deliveries));
  lane.gone(closed);
}
