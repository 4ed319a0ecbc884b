import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { refusalOf } from "./redis-source-error.ts";

/** The right to pull, held by one agent at a time. Courtesy: whoever ignores it loses slots, never changes. */
export interface Lease {
  /** Whether it is held now, as far as this side can know. */
  isHeld(): boolean;
  /** Takes or renews it, and says whether it is held. Rejects with RedisSourceError only where the server refuses the command. */
  acquire(): Promise<boolean>;
  /** Stops renewing and gives it up, so that another takes over at once. Does not reject. */
  release(): Promise<void>;
}

/** Renews what is ours, takes what is nobody's. */
const ACQUIRE = `
local holder = redis.call('GET', KEYS[1])
if holder == false or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0`;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Creates a lease that is not held. Once acquired, it is renewed at a third of its life until it is released. */
export function createLease(client: Redis, key: string, lifeMs: number): Lease {
  const holder = randomUUID();
  let heldUntil = 0;
  let renewal: NodeJS.Timeout | undefined;

  const acquire = async (): Promise<boolean> => {
    // Counted from before the request: the server's clock for it starts later.
    const asked = performance.now();
    try {
      const held = await client.eval(ACQUIRE, 1, key, holder, lifeMs);
      heldUntil = held === 1 ? asked + lifeMs : 0;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) throw refusal;
      // The server is away: what was held runs out by itself.
    }
    renewal ??= setInterval(() => void renewIfHeld(), lifeMs / 3).unref();
    return performance.now() < heldUntil;
  };
  const renewIfHeld = async (): Promise<void> => {
    // What the server refuses is told to whoever asks next.
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
