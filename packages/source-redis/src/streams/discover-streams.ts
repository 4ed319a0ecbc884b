import type { Redis } from "ioredis";

/** The longest stream name that a header can hold. Debezium's names have at most 249 characters. */
const LONGEST_NAME = 1024;

/** The streams that a source reads. */
export interface StreamSelection {
  /**
   * A Redis pattern for the streams of tables. It begins with Debezium's topic prefix as plain text
   * and a dot.
   */
  readonly streamPattern: string;
  /**
   * Whether the source also reads the streams of the prefix that belong to no table: transactions,
   * messages and heartbeats. Default: true. Where several sources share a prefix, exactly one of
   * them should read these.
   */
  readonly readsPrefixStreams?: boolean | undefined;
}

/**
 * Finds the streams of a selection, with SCAN. Leaves out names that Debezium never writes and a
 * header cannot hold: names that are too long or not UTF-8.
 */
export async function discoverStreams(client: Redis, selection: StreamSelection): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: selection.streamPattern, type: "stream", count: 1000 })) {
    for (const key of Array.isArray(keys) ? keys : []) if (isStreamName(String(key))) found.add(String(key));
  }
  for (const stream of prefixStreams(selection)) if ((await client.type(stream)) === "stream") found.add(stream);
  return found;
}

/**
 * Returns the names of the selected streams that belong to the pattern's prefix and to no table.
 */
export function prefixStreams({ streamPattern, readsPrefixStreams = true }: StreamSelection): string[] {
  if (!readsPrefixStreams) return [];
  const prefix = streamPattern.slice(0, streamPattern.indexOf("."));
  return [`${prefix}.transaction`, `${prefix}.message`, `__debezium-heartbeat.${prefix}`];
}

/**
 * A name that is not UTF-8 was decoded with U+FFFD in it. Redis would not find the stream by that
 * text.
 */
function isStreamName(name: string): boolean {
  return name.length <= LONGEST_NAME && !name.includes("\uFFFD");
}
