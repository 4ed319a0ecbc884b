import type { Block } from "./block.ts";
import type { KeptChain } from "./open-chain.ts";
import { createWaiters } from "./waiters.ts";

/** Makes the blocks of a chain, by the clock or when they are needed. */
export interface Producer {
  /** Makes `count` blocks at once. */
  readonly advance: (count: number) => void;
  /** Makes blocks of everything that waits, until nothing does. */
  readonly settle: () => void;
  /**
   * Waits until a condition holds. Without a clock, blocks are made at once as long as they move
   * it. Resolves to whether it holds, at the latest after `timeout` milliseconds.
   */
  readonly waitFor: (condition: Condition, timeout: number) => Promise<boolean>;
  /** Makes no more blocks by the clock, and ends what waits. */
  readonly stop: () => void;
}

/** Something that blocks may bring about. */
interface Condition {
  readonly holds: () => boolean;
  /** Whether blocks bring it nearer: not so for a transaction that nobody sent. */
  readonly moves: () => boolean;
}

/**
 * Blocks that are made for one condition. A contract that calls itself on and on would have more.
 */
const MAX_BLOCKS_PER_WAIT = 300;

/**
 * Creates the producer of `kept`. A `blockTime` of 0 milliseconds makes blocks when they are
 * needed.
 */
export function createProducer(kept: KeptChain, blockTime: number): Producer {
  const waiters = createWaiters();
  const produce = (): void => {
    kept.produce(nextTimestamp(kept.chain.head(), BigInt(Date.now()) * 1_000_000n));
    waiters.wake();
  };
  const timer = blockTime > 0 ? setInterval(() => orStop(produce, stop), blockTime) : undefined;
  const stop = (): void => {
    clearInterval(timer);
    waiters.end();
  };
  return {
    stop,
    advance: (count) => {
      for (let left = count; left > 0; left--) produce();
    },
    settle: () => {
      while (kept.chain.hasWork()) produce();
    },
    waitFor: async ({ holds, moves }, timeout) => {
      const most = timer === undefined ? MAX_BLOCKS_PER_WAIT : 0;
      for (let left = most; left > 0 && !holds() && moves(); left--) produce();
      await waiters.wait(holds, timeout);
      return holds();
    },
  };
}

function orStop(run: () => void, stop: () => void): void {
  try {
    run();
  } catch (error) {
    stop();
    throw error;
  }
}

/** Time only goes forward, also where the clock was set back. */
function nextTimestamp({ timestamp }: Block, now: bigint): bigint {
  return now > timestamp ? now : timestamp + 1n;
}
