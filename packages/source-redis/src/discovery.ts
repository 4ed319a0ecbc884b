import type { Redis } from "ioredis";

/** The streams that match a pattern, and the prefix's streams beside them: transactions, messages, heartbeats. By SCAN, never KEYS. */
export async function discoverStreams(client: Redis, pattern: string): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: pattern, type: "stream", count: 1000 })) {
    for (const key of Array.isArray(keys) ? keys : []) found.add(String(key));
  }
  for (const stream of besideStreams(pattern)) if ((await client.type(stream)) === "stream") found.add(stream);
  return found;
}

/** What Debezium writes beside the tables' streams under the pattern's prefix. */
function besideStreams(pattern: string): string[] {
  const prefix = pattern.slice(0, pattern.indexOf("."));
  return [`${prefix}.transaction`, `${prefix}.message`, `__debezium-heartbeat.${prefix}`];
}
