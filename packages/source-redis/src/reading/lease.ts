import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { refusalOf } from "../redis-source-error.ts";

/**
 * The right to read, held by one agent at a time. It is a courtesy: an agent that ignores it loses
 * slots, never changes.
 */
export interface Lease {
  /** Whether this agent holds the lease now, as far as it can know. */
  isHeld(): boolean;
  /**
   * Takes or renews the lease, and returns whether it is held. Rejects with RedisSourceError when
   * the server refuses the command.
   */
  acquire(): Promise<boolean>;
  /**
   * Stops renewing and gives the lease up, so that another agent takes over at once. Never rejects.
   */
  release(): Promise<void>;
}

/** Sets the key when it is free or holds this holder's name. */
const ACQUIRE = `
local holder = redis.call('GET', KEYS[1])
if holder == false or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0`;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Creates a lease that is not held. Once acquired, it is renewed every third of its life until it
 * is released.
 */
export function createLease(client: Redis, key: string, lifeMs: number): Lease {
  const holder = randomUUID();
  let heldUntil = 0;
  let renewal: NodeJS.Timeout | undefined;

  const acquire = async (): Promise<boolean> => {
    // The life is counted from before the request. The server starts to count later, so the lease
    // cannot run out there while it counts as held here.
    const asked = performance.now();
    try {
      const held = await client.eval(ACQUIRE, 1, key, holder, lifeMs);
      heldUntil = held === 1 ? asked + lifeMs : 0;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) throw refusal;
      // The server is away. A lease that was held runs out by itself.
    }
    renewal ??= setInterval(() => void renewIfHeld(), lifeMs / 3).unref();
    return performance.now() < heldUntil;
  };
  const renewIfHeld = async (): Promise<void> => {
    // A refusal is left to the next call of `acquire`, which has a caller to report it to.
    if (heldUntil > 0) await acquire().catch(() => undefined);
  };

  return {
    isHeld: () => performance.now() < heldUntil,
    acquire,
    async release() {
      clearInterval(renewal);
      heldUntil = 0;
      await client.eval(RELEASE, 1, key, holder).catch(() => undefined);
    },
  };
}
