import type { ChainName } from "@etrap/proof";
import type { Arrival } from "../reading/arrival.ts";
import type { ClosedBatch } from "../sealing/seal.ts";
import { closesBefore, dueAt, isFull } from "./policy.ts";
import type { OpenBatch, Policy } from "./policy.ts";

/** An arrival that a lane holds. */
export interface Held extends Arrival {
  /** When it was taken in, in milliseconds. */
  readonly at: number;
  /** Its number among all that the lane was given. */
  readonly number: number;
}

/** A closed batch of what a lane holds. */
export interface HeldBatch extends ClosedBatch {
  readonly deliveries: readonly Held[];
}

/** One chain's changes that wait for their batch to close: one open batch for each stream. */
export interface Pool {
  add(arrival: Held): void;
  /** The oldest batch that is full, or else one that is due; undefined when none is. */
  take(now: number): HeldBatch | undefined;
  /** Whether a batch can be taken. */
  isReady(now: number): boolean;
  /** When the next batch can be taken; in the past or now when one is ready, infinity when nothing waits. */
  readonly readyAt: number;
  /** Puts a batch that was taken last back as two, to be taken next. */
  putBackHalves(batch: HeldBatch): void;
  /** From now on, every batch with a change up to this number is due. */
  closeUpTo(number: number): void;
  /** Takes everything out, each stream's in order. */
  takeBack(): Held[];
}

interface StreamBatch extends OpenBatch {
  readonly stream: string;
  readonly deliveries: Held[];
}

/** Creates an empty pool of one chain. */
export function createPool(chain: ChainName, policy: Policy): Pool {
  let full: HeldBatch[] = [];
  const open = new Map<string, StreamBatch>();
  let closedUpTo = -1;

  const readyAtOf = (batch: StreamBatch): number => {
    const [first] = batch.deliveries;
    return first !== undefined && first.number <= closedUpTo ? Number.NEGATIVE_INFINITY : dueAt(batch, policy);
  };
  // A change from the future: the clock was set back, and would keep it waiting for as long.
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
      const deliveries = batch?.deliveries ?? [];
      deliveries.push(arrival);
      const grown = {
        stream,
        deliveries,
        count: deliveries.length,
        bytes: (batch?.bytes ?? 0) + arrival.size,
        oldestAt: batch?.oldestAt ?? arrival.at,
        newestAt: arrival.at,
      };
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
    takeBack() {
      const all = [...full, ...open.values()].flatMap(({ deliveries }) => deliveries);
      full = [];
      open.clear();
      return all;
    },
  };
}
