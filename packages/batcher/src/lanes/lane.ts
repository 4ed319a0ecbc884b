import type { ChainName } from "@etrap/ledger";
import { BatcherError } from "../batcher-error.ts";
import type { Arrival } from "../intake/arrival.ts";
import type { Policy } from "../options/policy.ts";
import { createWakeup } from "../wait/wakeup.ts";
import type { Wakeup } from "../wait/wakeup.ts";
import { createFlushes } from "./flushes.ts";
import { createOpenBatches } from "./open-batches.ts";
import type { Held, HeldBatch } from "./open-batches.ts";

/**
 * The changes of one chain on their way into the ledger. An arrival is unchecked at first: it is
 * not known whether it is recorded already. If it is, it waits to be committed. If not, it joins an
 * open batch, is in flight once that batch is taken, and is released once it is committed.
 */
export interface Lane {
  readonly chain: ChainName;
  /** Notified when there may be something to do. */
  readonly wakeup: Wakeup;
  /** The number of changes held. */
  readonly changes: number;
  /** The bytes of those changes as received, and of the batches they are sealed into. */
  readonly bytes: number;
  /** The streams that the held changes came from. */
  readonly streams: Iterable<string>;
  /** The number of batches in flight. */
  readonly batchesInFlight: number;
  /** Whether an arrival is unchecked or a batch can be sealed. */
  isReady(now: number): boolean;
  /**
   * The time at which the next batch can be sealed. It is in the past where one is ready, and
   * infinity where no batch is open.
   */
  readonly readyAt: number;

  /** The error because of which the chain cannot be written. Undefined while it can. */
  refusal: unknown;

  /** Adds an arrival, which is unchecked. `at` is the time, in milliseconds since 1970 UTC. */
  put(arrival: Arrival, at: number): void;
  /** The oldest unchecked arrival. */
  readonly unchecked: Held | undefined;
  /** Notes whether the oldest unchecked arrival is recorded already. */
  answer(isRecorded: boolean): void;
  /** The arrivals that are recorded already and not committed yet. */
  readonly recorded: readonly Held[];
  /** Notes that the recorded arrivals are committed. */
  releaseRecorded(): void;
  /** Takes the next batch that is full or due. It is in flight from then on. */
  takeClosed(now: number): HeldBatch | undefined;
  /**
   * Splits a batch in flight that cannot be sealed into two closed ones, which are taken next.
   * Requires more than one change in it.
   */
  split(batch: HeldBatch): void;
  /** Notes the size of the documents that a batch in flight is sealed into. */
  noteSealed(batch: HeldBatch, bytes: number): void;
  /** Notes that a batch in flight is recorded and committed. */
  release(batch: HeldBatch): void;
  /**
   * Makes every change unchecked again. Drops those of an older generation, which the source
   * delivers again.
   */
  recheckAll(generation: number): void;

  /**
   * Closes the open batches now. Resolves once every change held so far is released. Rejects with
   * the error that prevents that.
   */
  flush(): Promise<void>;
  /** Rejects every flush that waits. */
  failFlush(reason: unknown): void;
  /** Notes that the lane stores nothing more. Every flush, now or later, rejects with `reason`. */
  end(reason: unknown): void;
}

/**
 * Creates an empty lane. `onBytes` is called with every increase and decrease of the bytes held.
 */
export function createLane(chain: ChainName, policy: Policy, onBytes: (difference: number) => void): Lane {
  const wakeup = createWakeup();
  const open = createOpenBatches(chain, policy);
  const flushes = createFlushes();
  const streams = new Map<string, number>();
  /** Batches in flight, oldest first, and the size of their documents once sealed. */
  const inFlight = new Map<HeldBatch, number>();
  let unchecked: Held[] = [];
  let recorded: Held[] = [];
  let ended: { readonly reason: unknown } | undefined;
  let [taken, checked, changes, bytes] = [0, 0, 0, 0];

  const hold = (difference: number): void => {
    bytes += difference;
    onBytes(difference);
  };
  const countIn = (stream: string, more: number): void => {
    const count = (streams.get(stream) ?? 0) + more;
    if (count === 0) streams.delete(stream);
    else streams.set(stream, count);
  };
  const land = (batch: HeldBatch): void => {
    hold(-(inFlight.get(batch) ?? 0));
    inFlight.delete(batch);
  };
  const forget = (deliveries: readonly Held[]): void => {
    for (const { position } of deliveries) countIn(position.stream, -1);
    changes -= deliveries.length;
    hold(-deliveries.reduce((sum, { size }) => sum + size, 0));
  };
  /**
   * Takes out everything, in the order of arrival, since a stream's changes must reach their
   * batches in its order.
   */
  const takeAll = (): Held[] => {
    const batches = [...inFlight.keys()];
    const waiting = unchecked.slice(checked);
    const all = [recorded, ...batches.map(({ deliveries }) => deliveries), open.takeAll(), waiting].flat();
    for (const batch of batches) land(batch);
    [recorded, unchecked, checked] = [[], [], 0];
    return all.toSorted((a, b) => a.number - b.number);
  };

  return {
    chain,
    wakeup,
    refusal: undefined,
    get changes() {
      return changes;
    },
    get bytes() {
      return bytes;
    },
    get streams() {
      return streams.keys();
    },
    get batchesInFlight() {
      return inFlight.size;
    },
    isReady: (now) => checked < unchecked.length || open.isReady(now),
    get readyAt() {
      return open.readyAt;
    },
    put(arrival, at) {
      unchecked.push({ ...arrival, at, number: taken });
      taken += 1;
      changes += 1;
      countIn(arrival.position.stream, 1);
      hold(arrival.size);
    },
    get unchecked() {
      return unchecked[checked];
    },
    answer(isRecorded) {
      const next = unchecked[checked];
      if (next === undefined) return;
      checked += 1;
      if (isRecorded) recorded.push(next);
      else open.add(next);
      if (checked === unchecked.length) [unchecked, checked] = [[], 0];
    },
    get recorded() {
      return recorded;
    },
    releaseRecorded() {
      forget(recorded);
      flushes.count(recorded);
      recorded = [];
    },
    takeClosed(now) {
      const batch = open.take(now);
      if (batch !== undefined) inFlight.set(batch, 0);
      return batch;
    },
    split(batch) {
      land(batch);
      open.putBackHalves(batch);
    },
    noteSealed(batch, sealedBytes) {
      inFlight.set(batch, sealedBytes);
      hold(sealedBytes);
    },
    release(batch) {
      land(batch);
      forget(batch.deliveries);
      flushes.count(batch.deliveries);
    },
    recheckAll(generation) {
      const all = takeAll();
      unchecked = all.filter((held) => held.generation === generation);
      const dropped = all.filter((held) => held.generation !== generation);
      forget(dropped);
      if (dropped.length > 0)
        flushes.fail(
          new BatcherError("SOURCE_RESET", "the source stepped back; the changes held until now are delivered again"),
        );
    },
    flush() {
      if (changes === 0) return Promise.resolve();
      if (ended !== undefined) return Promise.reject(ended.reason);
      open.closeUpTo(taken - 1);
      wakeup.notify();
      return flushes.add(taken - 1, changes);
    },
    failFlush: flushes.fail,
    end(reason) {
      ended = { reason };
      flushes.fail(reason);
    },
  };
}
