import type { ChainName, Header } from "@etrap/proof";
import { chainOf, controlChain } from "./arrival.ts";
import { arrivalOf } from "./arrival-of.ts";
import type { Arrival } from "./arrival.ts";
import type { Chain } from "./chain.ts";
import type { OnEvent } from "./events.ts";
import { createPool } from "./pool.ts";
import type { Pool, Run } from "./pool.ts";
import type { Policy } from "./policy.ts";
import type { ChangeSource, Clock, Delivery, ObjectStore } from "./ports.ts";
import { completeDerived } from "./complete-derived.ts";
import { seal } from "./seal.ts";
import type { SealInputs, Writer } from "./seal.ts";
import { codeOf, storeObject } from "./store-object.ts";

/** Everything the loop uses. */
export interface Batching {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly randomBytes: SealInputs["randomBytes"];
  readonly policy: Policy;
  readonly writer: Writer;
  readonly onEvent: OnEvent;
  /** The chain of this name, opened once. */
  chainAt(name: ChainName): Promise<Chain>;
}

/** How long a pull waits when nothing is due earlier. */
const IDLE_WAIT_MS = 1_000;
const NO_STREAMS: ReadonlySet<string> = new Set();

/**
 * The product's main loop: closed runs become batches in the record, one after another. Ends when `signal` is aborted and what was taken in
 * is stored. A rejection loses nothing: what is not in the record was not committed to the source.
 */
export async function run(batching: Batching, signal: AbortSignal): Promise<void> {
  for await (const closed of closedRuns(batching, signal)) await record(batching, closed, signal);
}

/** Takes deliveries in and gives out runs as they close; once `signal` is aborted, what is left. */
async function* closedRuns(batching: Batching, signal: AbortSignal): AsyncGenerator<Run> {
  const { source, clock, policy, onEvent } = batching;
  const pool = createPool(policy);
  let { generation } = source;
  while (!signal.aborted) {
    const waitMs = pool.msUntilDue(clock.now(), IDLE_WAIT_MS);
    const deliveries = await source.pull({
      max: policy.batchSize,
      maxBytes: policy.maxBatchBytes,
      waitMs,
      paused: NO_STREAMS,
      signal,
    });
    if (source.generation !== generation) {
      // What is held will come again: kept, it would be sealed beside its own redelivery.
      ({ generation } = source);
      onEvent({ type: "stepped-back", discarded: pool.clear() });
    }
    await takeIn(
      batching,
      pool,
      deliveries.filter((delivery) => delivery.generation === generation),
    );
    yield* pool.takeDue(clock.now());
  }
  yield* pool.takeAll();
}

/** Puts arrivals into the pool. What needs no record is committed at once: skips, and what the record holds already. */
async function takeIn(batching: Batching, pool: Pool, deliveries: readonly Delivery[]): Promise<void> {
  const { source, clock, writer, onEvent } = batching;
  const skips: Delivery[] = [];
  const redeliveries: Delivery[] = [];
  for (const delivery of deliveries) {
    const arrival = arrivalOf(delivery, writer.capture.source_name);
    if (arrival === undefined) skips.push(delivery);
    else if (await isRecorded(batching, arrival)) redeliveries.push(delivery);
    else pool.add(arrival, clock.now());
  }
  // A crash before this commit costs reading the same entries once more.
  if (skips.length + redeliveries.length > 0) await source.commit([...skips, ...redeliveries]);
  if (skips.length > 0) onEvent({ type: "entries-skipped", count: skips.length });
  if (redeliveries.length > 0) onEvent({ type: "redeliveries-dropped", count: redeliveries.length });
}

/** Puts one run into the record as a batch, then commits it to the source. */
async function record(batching: Batching, closed: Run, signal: AbortSignal): Promise<void> {
  const { source, store, clock, writer, randomBytes, onEvent } = batching;
  const chain = await batching.chainAt(closed.chain);
  // Taken in before the rival's batches were read: sealed on top of them unasked, they would be recorded twice.
  let deliveries = chain.hasRival ? await withoutRecorded(batching, closed.deliveries) : closed.deliveries;
  while (deliveries.length > 0) {
    const batch = seal({ ...closed, deliveries }, chain.newest, writer, { sealedAt: clock.now(), randomBytes });
    // A crash up to here costs nothing: no slot names this object, and the changes come back.
    await storeObject(store, batch.data, { clock, onEvent, signal });
    try {
      // THE COMMIT POINT. A crash before it leaves an orphan; a crash after it, a redelivery that is found in the record and dropped.
      await storeObject(store, batch.slot, { clock, onEvent, signal });
    } catch (error) {
      if (codeOf(error) !== "KEY_CONFLICT") throw error;
      onEvent({ type: "slot-lost", chain: chain.name, seq: batch.header.seq });
      await chain.reload();
      deliveries = await withoutRecorded(batching, deliveries);
      continue;
    }
    chain.advance(batch.header);
    // Before the commit, so that after a crash in here a redelivery opens this chain again and completes them.
    await completeDerived(store, batch.header, batch.rows, { clock, onEvent, signal });
    // A crash before this commit costs a redelivery, nothing else.
    await source.commit(deliveries);
    if (beginsEpoch(batch.header))
      onEvent({ type: "epoch-began", chain: chain.name, stream: closed.stream, epoch: batch.header.epoch });
    onEvent({ type: "batch-stored", batchId: batch.id, header: batch.header, bytes: batch.data.bytes.length });
    return;
  }
}

/** Whether this batch is the first of its stream's epoch, and not of the first. */
function beginsEpoch({ covered, stream, epoch, first_position }: Header): boolean {
  return epoch > 0 && covered[stream]?.at(-1)?.[1] === first_position;
}

/** After a lost slot: what the other writer did not record. The rest is committed, since it is in the record. */
async function withoutRecorded(batching: Batching, deliveries: readonly Arrival[]): Promise<Arrival[]> {
  const recorded: Arrival[] = [];
  const rest: Arrival[] = [];
  for (const arrival of deliveries) ((await isRecorded(batching, arrival)) ? recorded : rest).push(arrival);
  await batching.source.commit(recorded);
  return rest;
}

/** Whether a slot's batch holds this arrival: its table's chain, or the control chain if it was poison to an older decoder. */
async function isRecorded({ chainAt }: Batching, arrival: Arrival): Promise<boolean> {
  const chain = await chainAt(chainOf(arrival));
  const control = await chainAt(controlChain(arrival.entry.database));
  return (await chain.holds(arrival)) || (control !== chain && (await control.holds(arrival)));
}
