import type { ChainName } from "@etrap/ledger";
import { chainKey } from "../intake/chain-names.ts";
import type { Policy } from "../options/policy.ts";
import { createWakeup } from "../wait/wakeup.ts";
import type { Wakeup } from "../wait/wakeup.ts";
import { createLane } from "./lane.ts";
import type { Lane } from "./lane.ts";

/** The lanes of all chains, and the memory that they share. */
export interface ChangeBuffer {
  readonly lanes: Iterable<Lane>;
  /** The number of changes held. */
  readonly changes: number;
  /** The number of bytes held. */
  readonly bytes: number;
  /** The number of bytes that may still be held. Where it is zero or less, nothing may be read. */
  readonly room: number;
  /** Whether everything that is held belongs to refused chains. */
  readonly isStuck: boolean;
  /** Notified when something was released. */
  readonly freed: Wakeup;
  /** Returns the lane of a chain. A new one is passed to `onNew` first. */
  laneOf(chain: ChainName): Lane;
  /**
   * Whether a lane holds more than its share, which is as much as is still free. A table that
   * cannot be stored thus takes half of the buffer, a second one half of the rest, and there is
   * always room for the others.
   */
  isOverShare(lane: Lane): boolean;
  /** Returns the lanes that are over their share. */
  overfull(): Lane[];
  /**
   * Whether a lane may seal one more batch. A lane with a batch in flight may, while it is within
   * its share. A lane without one may, whatever its share; otherwise a full buffer would never
   * become empty. Sealing adds the batch's documents, so while the buffer is full, only a few lanes
   * may have a batch in flight. The others wait, and are notified when something is released, those
   * that have waited longest first. They may also ask again after `SLOW_MS`.
   */
  maySeal(lane: Lane, now: number): boolean;
  /** Whether `maySeal` made a lane wait. */
  isWaiting(lane: Lane): boolean;
  /**
   * The time at which the next batch can be sealed, in milliseconds since 1970 UTC. Batches whose
   * lanes were notified by `notifyReady` do not count: those lanes wait for something else, perhaps
   * for long.
   */
  readonly readyAt: number;
  /** Notifies every lane. */
  notifyAll(): void;
  /** Notifies the lanes that have something to do now, or that are over their share. */
  notifyReady(now: number): void;
}

/** Options of `createChangeBuffer`. */
export interface ChangeBufferOptions {
  readonly policyOf: (chain: ChainName) => Policy;
  /** The number of bytes that may be held in all. */
  readonly maxBytes: number;
  /** Called once with each new lane. */
  readonly onNew: (lane: Lane) => void;
}

/**
 * The number of lanes that may have a batch in flight while the buffer is full: about as many calls
 * as a distant store handles well at once.
 */
const MAX_SEALING_IN_FULL_BUFFER = 16;

/**
 * The longest time for which a batch in flight makes other lanes wait. After that, the store hangs
 * for that chain, which must not delay the others.
 */
export const SLOW_MS = 1_000;

/** Creates an empty buffer. */
export function createChangeBuffer({ policyOf, maxBytes, onNew }: ChangeBufferOptions): ChangeBuffer {
  const lanes = new Map<string, Lane>();
  const freed = createWakeup();
  /** The lanes that may have a batch in flight, and since when. */
  const sealing = new Map<Lane, number>();
  const waiting = new Set<Lane>();
  let [bytes, notifiedAt] = [0, Number.NEGATIVE_INFINITY];

  const onBytes = (difference: number): void => {
    bytes += difference;
    if (difference >= 0) return;
    freed.notify();
    for (const { wakeup } of waiting) wakeup.notify();
  };
  const countSealing = (now: number): number => {
    let count = 0;
    for (const [lane, since] of sealing) {
      if (lane.batchesInFlight === 0) sealing.delete(lane);
      // A clock that was set back must not make lanes wait longer.
      else if (Math.abs(now - since) < SLOW_MS) count += 1;
    }
    return count;
  };
  const isOverShare = (lane: Lane): boolean => lane.bytes > Math.max(0, maxBytes - bytes);

  return {
    lanes: { [Symbol.iterator]: () => lanes.values() },
    get changes() {
      return Array.from(lanes.values()).reduce((sum, lane) => sum + lane.changes, 0);
    },
    get bytes() {
      return bytes;
    },
    get room() {
      return maxBytes - bytes;
    },
    get isStuck() {
      return [...lanes.values()].every((lane) => lane.changes === 0 || lane.refusal !== undefined);
    },
    freed,
    laneOf(chain) {
      const key = chainKey(chain);
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = createLane(chain, policyOf(chain), onBytes);
      lanes.set(key, lane);
      onNew(lane);
      return lane;
    },
    isOverShare,
    overfull: () => Array.from(lanes.values()).filter(isOverShare),
    maySeal(lane, now) {
      if (lane.batchesInFlight > 0) return !isOverShare(lane);
      const may = bytes < maxBytes || countSealing(now) < MAX_SEALING_IN_FULL_BUFFER;
      if (may) waiting.delete(lane);
      else waiting.add(lane);
      if (may) sealing.set(lane, now);
      return may;
    },
    isWaiting: (lane) => waiting.has(lane),
    get readyAt() {
      let earliest = Number.POSITIVE_INFINITY;
      for (const { batchesInFlight, readyAt } of lanes.values())
        if (batchesInFlight === 0 && readyAt > notifiedAt) earliest = Math.min(earliest, readyAt);
      return earliest;
    },
    notifyAll() {
      for (const { wakeup } of lanes.values()) wakeup.notify();
    },
    notifyReady(now) {
      notifiedAt = now;
      for (const lane of lanes.values()) if (lane.isReady(now) || isOverShare(lane)) lane.wakeup.notify();
    },
  };
}
