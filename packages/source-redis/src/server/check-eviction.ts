import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import { RedisSourceError } from "../redis-source-error.ts";
import { readMemoryFacts } from "./memory-facts.ts";

/**
 * Rejects with EVICTION_POLICY when the server evicts keys once its memory is full. Reports
 * `eviction-unchecked` when the server does not give its policy.
 */
export async function checkEviction(client: Redis, onEvent: (event: RedisSourceEvent) => void): Promise<void> {
  const { policy, limit } = await readMemoryFacts(client);
  if (policy === undefined || limit === undefined) return onEvent({ type: "eviction-unchecked" });
  if (policy !== "noeviction" && limit !== 0) {
    const cost = "once the memory is full, Redis would delete whole streams with their groups";
    const message = `expected the maxmemory-policy noeviction, got ${policy}: ${cost}; set it to noeviction`;
    throw new RedisSourceError("EVICTION_POLICY", message);
  }
}
