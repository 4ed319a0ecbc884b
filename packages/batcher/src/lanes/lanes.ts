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

/** Creates the lanes, none yet. */
export function createLanes({ policyOf, maxBytes, onNew }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  const freed = createBell();
  let bytes = 0;

  const onBytes = (difference: number): void => {
    bytes += difference;
    if (difference < 0) freed.ring();
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
