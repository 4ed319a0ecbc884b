import type { Redis } from "ioredis";

/** A stream at one moment, as the server tells it. */
export interface StreamFacts {
  readonly length: number;
  /** The oldest entry it holds, undefined when it is empty. */
  readonly first: string | undefined;
  /** The newest id it ever gave. */
  readonly last: string;
  /** How many entries were ever added; undefined before Redis 7, which does not count them. */
  readonly added: number | undefined;
  /** The newest entry that was deleted by its id, `0-0` for none. Trimming does not count as that. */
  readonly newestDeleted: string;
}

/** The facts of a stream. Rejects when there is none. */
export async function readStreamFacts(client: Redis, stream: string): Promise<StreamFacts> {
  return streamFactsOf(await client.xinfo("STREAM", stream));
}

/** The facts in a reply to XINFO STREAM. */
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

/** Reads one fact of an XINFO reply, which is a list of names and values in turn. */
export function factsOf(reply: unknown): (name: string) => unknown {
  const list: unknown[] = Array.isArray(reply) ? reply : [];
  return (name) => (list.includes(name) ? list[list.indexOf(name) + 1] : undefined);
}
