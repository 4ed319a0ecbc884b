import type { ChainName } from "@etrap/proof";
import type { Arrival } from "./arrival.ts";
import { closesBefore, dueAt, isFull } from "./policy.ts";
import type { OpenBatch, Policy } from "./policy.ts";

/** An arrival that a lane holds. */
export interface Held extends Arrival {
  /** When it was taken in, in milliseconds. */
  readonly at: number;
  /** Its number among all that the lane was given. */
  readonly number: number;
}

/** A contiguous run of one chain's deliveries from one stream: what becomes a batch. */
export interface Run {
  readonly chain: ChainName;
  readonly stream: string;
  readonly deliveries: readonly Arrival[];
}

/** A run as the pool gives it out. */
export interface ClosedRun extends Run {
  readonly deliveries: readonly Held[];
}

/** One chain's changes that wait for their batch to close: one open batch for each stream. */
export interface Pool {
  add(arrival: Held): void;
  /** The oldest run that is full, or else one that is due; undefined when none is. */
  take(now: number): ClosedRun | undefined;
  /** Whether a run can be taken. */
  isReady(now: number): boolean;
  /** When the next run can be taken; in the past or now when one is ready, infinity when nothing waits. */
  readonly readyAt: number;
  /** From now on, every batch with a change up to this number is due. */
  closeUpTo(number: number): void;
  /** Takes everything out, each stream's in order. */
  takeBack(): Held[];
}

interface Line extends OpenBatch {
  readonly stream: string;
  readonly deliveries: Held[];
}

/** Creates an empty pool of one chain. */
export function createPool(chain: ChainName, policy: Policy): Pool {
  let full: ClosedRun[] = [];
  const lines = new Map<string, Line>();
  let closedUpTo = -1;

  const lineReadyAt = (line: Line): number => {
    const [first] = line.deliveries;
    return first !== undefined && first.number <= closedUpTo ? Number.NEGATIVE_INFINITY : dueAt(line, policy);
  };
  // A change from the future: the clock was set back, and would keep it waiting for as long.
  const isDue = (line: Line, now: number): boolean => lineReadyAt(line) <= now || line.newestAt > now;
  const close = (line: Line): ClosedRun => {
    lines.delete(line.stream);
    return { chain, stream: line.stream, deliveries: line.deliveries };
  };

  return {
    add(arrival) {
      const { stream } = arrival.position;
      let line = lines.get(stream);
      if (line !== undefined && closesBefore(line, arrival.size, policy)) {
        full.push(close(line));
        line = undefined;
      }
      const deliveries = line?.deliveries ?? [];
      deliveries.push(arrival);
      const grown = {
        stream,
        deliveries,
        count: deliveries.length,
        bytes: (line?.bytes ?? 0) + arrival.size,
        oldestAt: line?.oldestAt ?? arrival.at,
        newestAt: arrival.at,
      };
      if (isFull(grown, policy)) full.push(close(grown));
      else lines.set(stream, grown);
    },
    take(now) {
      const first = full.shift();
      if (first !== undefined) return first;
      for (const line of lines.values()) if (isDue(line, now)) return close(line);
      return undefined;
    },
    isReady: (now) => full.length > 0 || [...lines.values()].some((line) => isDue(line, now)),
    get readyAt() {
      if (full.length > 0) return Number.NEGATIVE_INFINITY;
      let earliest = Number.POSITIVE_INFINITY;
      for (const line of lines.values()) earliest = Math.min(earliest, lineReadyAt(line));
      return earliest;
    },
    closeUpTo(number) {
      closedUpTo = number;
    },
    takeBack() {
      const all = [...full, ...lines.values()].flatMap(({ deliveries }) => deliveries);
      full = [];
      lines.clear();
      return all;
    },
  };
}
