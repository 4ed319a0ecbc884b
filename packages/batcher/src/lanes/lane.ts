import type { ChainName } from "@etrap/proof";
import type { Arrival } from "../reading/arrival.ts";
import { BatcherError } from "../batcher-error.ts";
import { createBell } from "./bell.ts";
import type { Bell } from "./bell.ts";
import { createPool } from "./pool.ts";
import type { HeldBatch, Held } from "./pool.ts";
import type { Policy } from "./policy.ts";

/**
 * What one chain holds on its way into the record; who waits for what is `serve`'s. A change is first unasked (does the record have it?), then in an
 * open batch, then in flight, and gone once it is committed. What the record has already is found, and gone once it is committed.
 */
export interface Lane {
  readonly chain: ChainName;
  /** Rings when there may be something to do. */
  readonly bell: Bell;
  /** How many changes are held, and their bytes as received, with those of the batches they are sealed into. */
  readonly changes: number;
  readonly bytes: number;
  /** The streams of which something is held. */
  readonly streams: Iterable<string>;
  /** How many batches are in flight. */
  readonly batchesInFlight: number;
  /** Whether a change is unasked or a batch can be sealed. */
  isReady(now: number): boolean;
  /** When the next batch can be sealed; in the past when one is ready, infinity when nothing waits for its batch to close. */
  readonly readyAt: number;

  /** Why the chain cannot be written, as long as that lasts. */
  refusal: unknown;
  /** Whether the anchor was asked whether it contradicts the chain. */
  isHeadChecked: boolean;

  put(arrival: Arrival, at: number): void;
  /** The oldest unasked change. */
  readonly unasked: Held | undefined;
  /** Answers for it. */
  answer(isRecorded: boolean): void;
  /** What was found in the record. */
  readonly found: readonly Held[];
  /** Notes that what was found is committed. */
  foundGone(): void;
  /** The next batch that is full or due, put in flight. */
  takeClosed(now: number): HeldBatch | undefined;
  /** Makes two closed batches of one in flight that cannot be sealed: the next to be taken. Requires more than one change in it. */
  split(batch: HeldBatch): void;
  /** Notes that a batch in flight is sealed into so many bytes. */
  sealed(batch: HeldBatch, bytes: number): void;
  /** Notes that a batch in flight is in the record and committed. */
  gone(batch: HeldBatch): void;
  /** Makes every change unasked again. Those of an older generation are dropped: they come again by themselves. */
  askAgain(generation: number): void;
  /** Lets go of everything, in the order of coming: another lane takes it over. */
  letGo(): Held[];

  /** Closes open batches now; resolves once everything that was taken in so far is gone. Rejects with what stands against it. */
  flush(): Promise<void>;
  /** Tells those who wait for a flush what stands against it. */
  failFlush(reason: unknown): void;
  /** Notes that nobody serves it any more: whoever waits for a flush, now or later, is told why. */
  end(reason: unknown): void;
  /** What the anchor said against the chain, until it answers otherwise. */
  contradiction: unknown;
}

interface Flush {
  readonly upTo: number;
  left: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Creates an empty lane. `onBytes` is told how much more or less it holds. */
export function createLane(chain: ChainName, policy: Policy, onBytes: (difference: number) => void): Lane {
  const bell = createBell();
  const pool = createPool(chain, policy);
  const streams = new Map<string, number>();
  /** Batches in flight, oldest first, and how large they are once sealed. */
  const inFlight = new Map<HeldBatch, number>();
  let unasked: Held[] = [];
  let found: Held[] = [];
  let flushes: Flush[] = [];
  let ended: { readonly reason: unknown } | undefined;
  let [taken, asked, changes, bytes] = [0, 0, 0, 0];

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
  /** Everything, in the order of coming: a stream's changes must reach their batches in its order. */
  const takeBack = (): Held[] => {
    const batches = [...inFlight.keys()];
    const all = [found, ...batches.map(({ deliveries }) => deliveries), pool.takeBack(), unasked.slice(asked)].flat();
    for (const batch of batches) land(batch);
    [found, unasked, asked] = [[], [], 0];
    return all.toSorted((a, b) => a.number - b.number);
  };
  const countFlushed = (deliveries: readonly Held[]): void => {
    for (const flush of flushes) {
      flush.left -= deliveries.filter(({ number }) => number <= flush.upTo).length;
      if (flush.left === 0) flush.resolve();
    }
    flushes = flushes.filter(({ left }) => left > 0);
  };
  const failFlush = (reason: unknown): void => {
    for (const { reject } of flushes) reject(reason);
    flushes = [];
  };

  return {
    chain,
    bell,
    refusal: undefined,
    contradiction: undefined,
    isHeadChecked: false,
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
    isReady: (now) => asked < unasked.length || pool.isReady(now),
    get readyAt() {
      return pool.readyAt;
    },
    put(arrival, at) {
      unasked.push({ ...arrival, at, number: taken });
      taken += 1;
      changes += 1;
      countIn(arrival.position.stream, 1);
      hold(arrival.size);
    },
    get unasked() {
      return unasked[asked];
    },
    answer(isRecorded) {
      const next = unasked[asked];
      if (next === undefined) return;
      asked += 1;
      if (isRecorded) found.push(next);
      else pool.add(next);
      if (asked === unasked.length) [unasked, asked] = [[], 0];
    },
    get found() {
      return found;
    },
    foundGone() {
      forget(found);
      countFlushed(found);
      found = [];
    },
    takeClosed(now) {
      const batch = pool.take(now);
      if (batch !== undefined) inFlight.set(batch, 0);
      return batch;
    },
    split(batch) {
      land(batch);
      pool.putBackHalves(batch);
    },
    sealed(batch, sealedBytes) {
      inFlight.set(batch, sealedBytes);
      hold(sealedBytes);
    },
    gone(batch) {
      land(batch);
      forget(batch.deliveries);
      countFlushed(batch.deliveries);
    },
    askAgain(generation) {
      const all = takeBack();
      unasked = all.filter((held) => held.generation === generation);
      const dropped = all.filter((held) => held.generation !== generation);
      forget(dropped);
      if (dropped.length > 0)
        failFlush(new BatcherError("STEPPED_BACK", "the source stepped back: what was taken in will come again"));
    },
    letGo() {
      const all = takeBack();
      forget(all);
      return all;
    },
    flush() {
      if (changes === 0) return Promise.resolve();
      if (ended !== undefined) return Promise.reject(ended.reason);
      const upTo = taken - 1;
      pool.closeUpTo(upTo);
      bell.ring();
      return new Promise((resolve, reject) => {
        flushes.push({ upTo, left: changes, resolve, reject });
      });
    },
    failFlush,
    end(reason) {
      ended = { reason };
      failFlush(reason);
    },
  };
}
