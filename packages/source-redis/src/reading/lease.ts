import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { evenWhenFull } from "../server/even-when-full.ts";
import type { ServerFacts } from "../server/server-facts.ts";
import type { LeaseTerm } from "../streams/set-position.ts";

/**
 * The right to read, held by one agent at a time. It is a courtesy: an agent that ignores it loses
 * slots, never changes.
 */
export interface Lease {
  /** Whether this agent holds the lease now, as far as it can know. */
  isHeld(): boolean;
  /**
   * The term in which the lease was held last. It has a new token whenever another agent may have
   * held the lease in between.
   */
  readonly term: LeaseTerm;
  /**
   * Takes or renews the lease, and returns whether it is held. False means that the name of another
   * holder was read. Rejects when the server is away or refuses the command.
   */
  acquire(): Promise<boolean>;
  /**
   * Stops renewing and gives the lease up, so that another agent takes over at once. Never rejects.
   */
  release(): Promise<void>;
}

/** Options of `createLease`. */
export interface LeaseOptions {
  readonly key: string;
  readonly lifeMs: number;
  readonly server: ServerFacts;
}

/**
 * Sets the key when it is free or holds a token of this holder. The old token is kept only where it
 * still stands. A token whose reply was lost is replaced.
 */
const ACQUIRE = `
local token = redis.call('GET', KEYS[1])
local holder = ARGV[1]
if token ~= false and string.sub(token, 1, #holder) ~= holder then return '' end
if token ~= ARGV[2] then token = ARGV[3] end
redis.call('SET', KEYS[1], token, 'PX', ARGV[4])
return token`;

const RELEASE = `
local token = redis.call('GET', KEYS[1])
if token ~= false and string.sub(token, 1, #ARGV[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Creates a lease that is not held. Once acquired, it is renewed every third of its life until it
 * is released.
 */
export function createLease(client: Redis, { key, lifeMs, server }: LeaseOptions): Lease {
  const holder = randomUUID();
  const script = evenWhenFull(ACQUIRE, server);
  let terms = 0;
  let term: LeaseTerm = { key, token: "" };
  let heldUntil = 0;
  let renewal: NodeJS.Timeout | undefined;
  let asking: Promise<boolean> | undefined;

  const ask = async (): Promise<boolean> => {
    // The life is counted from before the request. The server starts to count later, so the lease
    // cannot run out there while it counts as held here.
    const asked = performance.now();
    const fresh = `${holder}:${(terms += 1)}`;
    const token = String(await client.eval(script, 1, key, holder, term.token, fresh, lifeMs));
    heldUntil = token === "" ? 0 : asked + lifeMs;
    if (token !== "" && token !== term.token) term = { key, token };
    renewal ??= setInterval(() => void renewIfHeld(), lifeMs / 3).unref();
    return performance.now() < heldUntil;
  };
  // One request at a time: the second would not know the token that the first one gets.
  const acquire = (): Promise<boolean> => (asking ??= ask().finally(() => (asking = undefined)));
  const renewIfHeld = async (): Promise<void> => {
    // An error is left to the next call of `acquire`, which has a caller to report it to.
    if (heldUntil > 0) await acquire().catch(() => undefined);
  };

  return {
    isHeld: () => performance.now() < heldUntil,
    get term() {
      return term;
    },
    acquire,
    async release() {
      clearInterval(renewal);
      await asking?.catch(() => undefined);
      heldUntil = 0;
      await client.eval(RELEASE, 1, key, holder).catch(() => undefined);
    },
  };
}
