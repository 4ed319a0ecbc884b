import type { Redis } from "ioredis";

/** The state of a server's memory. A member is undefined where the server does not give it. */
export interface MemoryFacts {
  readonly policy: string | undefined;
  /** The limit in bytes, 0 for none. */
  readonly limit: number | undefined;
  /** The bytes that count towards the limit. */
  readonly used: number | undefined;
}

/** Reads the state of the server's memory. */
export async function readMemoryFacts(client: Redis): Promise<MemoryFacts> {
  const info = await client.info("memory");
  const count = (name: string): number | undefined => {
    const digits = new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const used = count("used_memory");
  return {
    policy: /^maxmemory_policy:(.*?)\r?$/m.exec(info)?.[1],
    limit: count("maxmemory"),
    used: used === undefined ? undefined : used - (count("mem_not_counted_for_evict") ?? 0),
  };
}
