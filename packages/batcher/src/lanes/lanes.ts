import type { ChainName } from "@etrap/proof";
import { createBell } from "./bell.ts";
import type { Bell } from "./bell.ts";
import { chainKey } from "../record/chains.ts";
import { createLane } from "./lane.ts";
import type { Lane } from "./lane.ts";
import type { Policy } from "./policy.ts";
import type { Held } from "./pool.ts";

/** The lanes of all chains, and the one buffer that they share. */
export interface Lanes {
  readonly all: Iterable<Lane>;
  /** How many changes are held, and how many bytes. */
  readonly changes: number;
  readonly bytes: number;
  /** How many bytes more may be held. Zero or less: nothing may be read. */
  readonly room: number;
  /** Whether all that is held is of refused chains. */
  readonly isStuck: boolean;
  /** Rings when something was let go of. */
  readonly freed: Bell;
  /** The lane of a chain; a new one is given to `onNew` first. */
  laneOf(chain: ChainName): Lane;
  /**
   * Whether a lane holds more than its share, which is as much as is still free. So a table that cannot be stored takes half of the buffer, a
   * second one half of the rest, and there is always room for the others.
   */
  isOverShare(lane: Lane): boolean;
  /** The lanes that are over their share. */
  overfull(): Lane[];
  /**
   * Whether a lane may seal one more batch: as many as its share allows, and one in any case, or a full buffer would never empty. But sealing
   * first adds the batch's documents, so that of many lanes only few have one on its way while the buffer is full. The others wait, longest
   * first, and are rung when something was let go of, or ask again after `SLOW_MS`.
   */
  maySeal(lane: Lane, now: number): boolean;
  /** Whether a lane was told to wait. */
  isWaiting(lane: Lane): boolean;
  /** When the next batch is ready to be sealed. */
  readonly readyAt: number;
  /** Rings the bells of all lanes. */
  ring(): void;
  /** Rings those of the lanes that have something to do now, or less room than before. */
  ringReady(now: number): void;
  /** Lets go of everything, each chain's in the order of coming. */
  letGo(): Held[];
}

/** What lanes are made with. */
export interface LanesOptions {
  readonly policyOf: (chain: ChainName) => Policy;
  /** How many bytes may be held in all. */
  readonly maxBytes: number;
  readonly onNew: (lane: Lane) => void;
}

/** How many lanes have a batch on its way while the buffer is full: as many as a store far away takes well at once. */
const FEW = 16;

/** How long a batch on its way keeps others waiting. Then the store hangs or is away for that chain, and this is no other's trouble. */
export const SLOW_MS = 1_000;

/** Creates the lanes, none yet. */
export function createLanes({ policyOf, maxBytes, onNew }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  const freed = createBell();
  /** Those that may have a batch on its way, and since when. */
  const sealing = new Map<Lane, number>();
  const waiting = new Set<Lane>();
  let bytes = 0;

  const onBytes = (difference: number): void => {
    bytes += difference;
    if (difference >= 0) return;
    freed.ring();
    for (const { bell } of waiting) bell.ring();
  };
  const countSealing = (now: number): number => {
    let count = 0;
    for (const [lane, since] of sealing) {
      if (lane.batchesInFlight === 0) sealing.delete(lane);
      // A clock that was set back keeps nobody waiting for longer.
      else if (Math.abs(now - since) < SLOW_MS) count += 1;
    }
    return count;
  };
  const isOverShare = (lane: Lane): boolean => lane.bytes > Math.max(0, maxBytes - bytes);

  return {
    all: { [Symbol.iterator]: () => lanes.values() },
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
      const may = bytes < maxBytes || countSealing(now) < FEW;
      if (may) waiting.delete(lane);
      else waiting.add(lane);
      if (may) sealing.set(lane, now);
      return may;
    },
    isWaiting: (lane) => waiting.has(lane),
    get readyAt() {
      let earliest = Number.POSITIVE_INFINITY;
      for (const lane of lanes.values()) if (lane.batchesInFlight === 0) earliest = Math.min(earliest, lane.readyAt);
      return earliest;
    },
    ring() {
      for (const { bell } of lanes.values()) bell.ring();
    },
    ringReady(now) {
      for (const lane of lanes.values()) if (lane.isReady(now) || isOverShare(lane)) lane.bell.ring();
    },
    letGo: () => Array.from(lanes.values(), (lane) => lane.letGo()).flat(),
  };
}
