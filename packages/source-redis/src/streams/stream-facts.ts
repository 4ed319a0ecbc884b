import type { Redis } from "ioredis";

/** The state of a stream at one moment, as the server reports it. */
export interface StreamFacts {
  readonly length: number;
  /** The oldest entry that the stream holds, undefined when it is empty. */
  readonly first: string | undefined;
  /** The newest id that the stream ever gave. */
  readonly last: string;
  /**
   * The number of entries that were ever added. Undefined before Redis 7, which does not count
   * them.
   */
  readonly added: number | undefined;
  /**
   * The newest entry that was deleted by its id, `0-0` when there is none. Trimming does not change
   * it.
   */
  readonly newestDeleted: string;
}

/** Reads the facts of a stream. Rejects when the stream does not exist. */
export async function readStreamFacts(client: Redis, stream: string): Promise<StreamFacts> {
  return streamFactsOf(await client.xinfo("STREAM", stream));
}

/** Returns the facts in a reply to XINFO STREAM. */
export function streamFactsOf(reply: unknown): StreamFacts {
  const fact = factsOf(reply);
  const [first, added, deleted] = [fact("first-entry"), fact("entries-added"), fact("max-deleted-entry-id")];
  return {
    length: Number(fact("length")),
    first: Array.isArray(first) ? String(first[0]) : undefined,
    last: String(fact("last-generated-id")),
    added: typeof added === "number" ? added : undefined,
    newestDeleted: typeof deleted === "string" ? deleted : "0-0",
  };
}

/**
 * Returns a function that looks up one fact of an XINFO reply, which is a list of names and values
 * in turn.
 */
export function factsOf(reply: unknown): (name: string) => unknown {
  const list: unknown[] = Array.isArray(reply) ? reply : [];
  return (name) => (list.includes(name) ? list[list.indexOf(name) + 1] : undefined);
}
