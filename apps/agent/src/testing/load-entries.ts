import type { CapturedEntry } from "../capture-source.ts";
import type { Redis } from "ioredis";

/** Adds entries to their streams, each under its own id, in their order. */
export async function loadEntries(redis: Redis, entries: readonly CapturedEntry[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { stream, id, fields } of entries) pipeline.xadd(stream, id, ...fields.flat());
  const results = (await pipeline.exec()) ?? [];
  for (const [error] of results) if (error !== null) throw error;
}

/** Resolves once the consumer group has committed the last entry of every stream. Requires streams that nothing is added to. */
export async function untilAllCommitted(
  redis: Redis,
  streams: Iterable<string>,
  group = "etrap-cdc-agent",
): Promise<void> {
  for (const stream of streams) {
    const [newest] = await redis.xrevrange(stream, "+", "-", "COUNT", 1);
    while (newest !== undefined && (await committedPosition(redis, stream, group)) !== newest[0]) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function committedPosition(redis: Redis, stream: string, group: string): Promise<string | undefined> {
  const groups: unknown = await redis.xinfo("GROUPS", stream);
  if (!Array.isArray(groups)) return undefined;
  for (const facts of groups) {
    if (!Array.isArray(facts)) continue;
    const fact = (name: string): unknown => facts[facts.indexOf(name) + 1];
    const position = fact("last-delivered-id");
    if (fact("name") === group && typeof position === "string") return position;
  }
  return undefined;
}
