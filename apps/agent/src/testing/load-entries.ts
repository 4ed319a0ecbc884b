import type { CapturedEntry } from "../capture-source.ts";
import type { Redis } from "ioredis";
import type { EtrapProcess } from "./etrap-process.ts";

/** The agent's own default. */
const GROUP = "etrap-cdc-agent";

/** Adds entries to their streams, each under its own id, in their order. */
export async function loadEntries(redis: Redis, entries: readonly CapturedEntry[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { stream, id, fields } of entries) pipeline.xadd(stream, id, ...fields.flat());
  const results = (await pipeline.exec()) ?? [];
  for (const [error] of results) if (error !== null) throw error;
}

/** Resolves once the consumer group has committed the last entry of every stream; rejects when `etrap` ends before. */
export async function untilAllCommitted(redis: Redis, streams: Iterable<string>, etrap?: EtrapProcess): Promise<void> {
  let ended = false;
  void etrap?.exited.then(() => {
    ended = true;
  });
  for (const stream of streams) {
    const [newest] = await redis.xrevrange(stream, "+", "-", "COUNT", 1);
    while (newest !== undefined && (await committedPosition(redis, stream)) !== newest[0]) {
      if (ended) throw new Error(`etrap ended before it had committed ${stream}: ${etrap?.errors()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function committedPosition(redis: Redis, stream: string): Promise<string | undefined> {
  const groups: unknown = await redis.xinfo("GROUPS", stream);
  if (!Array.isArray(groups)) return undefined;
  for (const facts of groups) {
    if (!Array.isArray(facts)) continue;
    const fact = (name: string): unknown => facts[facts.indexOf(name) + 1];
    const position = fact("last-delivered-id");
    if (fact("name") === GROUP && typeof position === "string") return position;
  }
  return undefined;
}
