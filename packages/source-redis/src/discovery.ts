import type { Redis } from "ioredis";

/** Longest name of a stream that a header can hold. Debezium's have at most 249 characters. */
const LONGEST_NAME = 1024;

/**
 * The streams that match a pattern, and the prefix's streams beside them: transactions, messages, heartbeats. By SCAN, never KEYS. Names that
 * no Debezium writes and no header can hold (too long, not UTF-8) are passed over.
 */
export async function discoverStreams(client: Redis, pattern: string): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: pattern, type: "stream", count: 1000 })) {
    for (const key of Array.isArray(keys) ? keys : []) if (isStreamName(String(key))) found.add(String(key));
  }
  for (const stream of besideStreams(pattern)) if ((await client.type(stream)) === "stream") found.add(stream);
  return found;
}

/** What Debezium writes beside the tables' streams under the pattern's prefix. */
function besideStreams(pattern: string): string[] {
  const prefix = pattern.slice(0, pattern.indexOf("."));
  return [`${prefix}.transaction`, `${prefix}.message`, `__debezium-heartbeat.${prefix}`];
}

/** U+FFFD stands where the name is not UTF-8: it could not be asked for by that text. */
function isStreamName(name: string): boolean {
  return name.length <= LONGEST_NAME && !name.includes("\uFFFD");
}
