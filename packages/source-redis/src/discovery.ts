import type { Redis } from "ioredis";

/** Longest name of a stream that a header can hold. Debezium's have at most 249 characters. */
const LONGEST_NAME = 1024;

/** Which streams a source reads. */
export interface StreamSelection {
  /** As Redis has patterns, beginning with the plain text of Debezium's topic prefix and a dot. */
  readonly streamPattern: string;
  /**
   * Whether the prefix's streams beside those of tables are read: transactions, messages, heartbeats. Default: true. Where several sources share
   * a prefix, let one of them.
   */
  readonly readsBeside?: boolean | undefined;
}

/** The streams of a selection. By SCAN, never KEYS. Names that no Debezium writes and no header can hold (too long, not UTF-8) are passed over. */
export async function discoverStreams(client: Redis, selection: StreamSelection): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: selection.streamPattern, type: "stream", count: 1000 })) {
    for (const key of Array.isArray(keys) ? keys : []) if (isStreamName(String(key))) found.add(String(key));
  }
  for (const stream of besideStreams(selection)) if ((await client.type(stream)) === "stream") found.add(stream);
  return found;
}

/** What Debezium writes beside the tables' streams under the pattern's prefix, as far as it is read. */
export function besideStreams({ streamPattern, readsBeside = true }: StreamSelection): string[] {
  if (!readsBeside) return [];
  const prefix = streamPattern.slice(0, streamPattern.indexOf("."));
  return [`${prefix}.transaction`, `${prefix}.message`, `__debezium-heartbeat.${prefix}`];
}

/** U+FFFD stands where the name is not UTF-8: it could not be asked for by that text. */
function isStreamName(name: string): boolean {
  return name.length <= LONGEST_NAME && !name.includes("\uFFFD");
}
