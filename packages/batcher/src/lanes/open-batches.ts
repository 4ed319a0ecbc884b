import type { ChainName } from "@etrap/ledger";
import type { Arrival } from "../intake/arrival.ts";
import type { Policy } from "../options/policy.ts";
import type { ClosedBatch } from "../sealing/seal.ts";
import { closesBefore, dueAt, isFull } from "./batch-closing.ts";
import type { OpenBatch } from "./batch-closing.ts";

/** An arrival that a lane holds. */
export interface Held extends Arrival {
  /** The arrival time, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** Its number among all arrivals of the lane. */
  readonly number: number;
}

/** A closed batch of arrivals that a lane holds. */
export interface HeldBatch extends ClosedBatch {
  readonly deliveries: readonly Held[];
}

/**
 * The batches of one chain that are open or wait to be sealed. Each stream has at most one open
 * batch.
 */
export interface OpenBatches {
  /** Adds an arrival to the open batch of its stream. */
  add(arrival: Held): void;
  /**
   * Takes the oldest full batch, or else one that is due. Returns undefined where there is none.
   */
  take(now: number): HeldBatch | undefined;
  /** Whether a batch can be taken. */
  isReady(now: number): boolean;
  /**
   * The time at which the next batch can be taken. It is in the past where one is ready, and
   * infinity where nothing is held.
   */
  readonly readyAt: number;
  /** Puts the batch that was taken last back as two halves, which are taken next. */
  putBackHalves(batch: HeldBatch): void;
  /** Makes every batch due that has an arrival up to this number. */
  closeUpTo(number: number): void;
  /** Takes everything out, in the order of each stream. */
  takeAll(): Held[];
}

interface StreamBatch extends OpenBatch {
  readonly stream: string;
  readonly deliveries: Held[];
}

/** Creates the open batches of one chain, empty. */
export function createOpenBatches(chain: ChainName, policy: Policy): OpenBatches {
  let full: HeldBatch[] = [];
  const open = new Map<string, StreamBatch>();
  let closedUpTo = -1;

  const readyAtOf = (batch: StreamBatch): number => {
    const [first] = batch.deliveries;
    return first !== undefined && first.number <= closedUpTo ? Number.NEGATIVE_INFINITY : dueAt(batch, policy);
  };
  // An arrival in the future means that the clock was set back, which must not make the batch wait
  // longer.
  const isDue = (batch: StreamBatch, now: number): boolean => readyAtOf(batch) <= now || batch.newestAt > now;
  const close = (batch: StreamBatch): HeldBatch => {
    open.delete(batch.stream);
    return { chain, stream: batch.stream, deliveries: batch.deliveries };
  };

  return {
    add(arrival) {
      const { stream } = arrival.position;
      let batch = open.get(stream);
      if (batch !== undefined && closesBefore(batch, arrival.size, policy)) {
        full.push(close(batch));
        batch = undefined;
      }
      const grown = grow(batch, arrival);
      if (isFull(grown, policy)) full.push(close(grown));
      else open.set(stream, grown);
    },
    take(now) {
      const first = full.shift();
      if (first !== undefined) return first;
      for (const batch of open.values()) if (isDue(batch, now)) return close(batch);
      return undefined;
    },
    isReady: (now) => full.length > 0 || [...open.values()].some((batch) => isDue(batch, now)),
    get readyAt() {
      if (full.length > 0) return Number.NEGATIVE_INFINITY;
      let earliest = Number.POSITIVE_INFINITY;
      for (const batch of open.values()) earliest = Math.min(earliest, readyAtOf(batch));
      return earliest;
    },
    putBackHalves({ stream, deliveries }) {
      const middle = Math.ceil(deliveries.length / 2);
      const halves = [deliveries.slice(0, middle), deliveries.slice(middle)];
      full.unshift(...halves.map((half) => ({ chain, stream, deliveries: half })));
    },
    closeUpTo(number) {
      closedUpTo = number;
    },
    takeAll() {
      const all = [...full, ...open.values()].flatMap(({ deliveries }) => deliveries);
      full = [];
      open.clear();
      return all;
    },
  };
}

function grow(batch: StreamBatch | undefined, arrival: Held): StreamBatch {
  const deliveries = batch?.deliveries ?? [];
  deliveries.push(arrival);
  return {
    stream: arrival.position.stream,
    deliveries,
    count: deliveries.length,
    bytes: (batch?.bytes ?? 0) + arrival.size,
    oldestAt: batch?.oldestAt ?? arrival.at,
    newestAt: arrival.at,
  };
}
