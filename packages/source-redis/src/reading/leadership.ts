import type { RedisSourceEvent } from "../events.ts";
import type { Generations } from "./generations.ts";
import type { Lease } from "./lease.ts";

/**
 * Creates a function that takes or keeps the lease, and returns whether this agent leads. It
 * reports each change between leading and standing by. When the lease is lost, it begins a new
 * generation. Rejects when the server is away or refuses.
 */
export function createLeadership(
  lease: Lease,
  generations: Generations,
  onEvent: (event: RedisSourceEvent) => void,
): () => Promise<boolean> {
  let role: "leading" | "standby" | undefined;
  return async () => {
    // The server may know of a lost lease before this agent's clock does.
    const isDoubted = generations.pendingReset === "lease-lost";
    const isHeld = (!isDoubted && lease.isHeld()) || (await lease.acquire());
    const before = role;
    role = isHeld ? "leading" : "standby";
    if (role !== before) onEvent({ type: role });
    // The generation begins at once, though this agent only waits from now on. Another agent reads
    // the deliveries that this one handed over, so their holder must throw them away.
    if (before === "leading" && role === "standby") generations.begin("lease-lost");
    return isHeld;
  };
}
