import type { Redis } from "ioredis";
import { RedisSourceError } from "../redis-source-error.ts";
import { evenWhenFull } from "../server/even-when-full.ts";
import type { ServerFacts } from "../server/server-facts.ts";
import { readGroups } from "./consumer-group.ts";
import { discoverStreams } from "./discover-streams.ts";
import type { StreamSelection } from "./discover-streams.ts";

/** What Redis holds about the source before it reads. */
export interface SourceIdentity {
  /** The source id that was set last, undefined when there is none. */
  readonly id: string | undefined;
  /** Whether the consumer group has committed a position in any of the streams. */
  readonly committed: boolean;
}

/** Where the identity of a source is kept. */
export interface IdentityPlace extends StreamSelection {
  readonly client: Redis;
  readonly group: string;
  readonly key: string;
}

/** Reads the identity of a source. */
export async function readIdentity(place: IdentityPlace): Promise<SourceIdentity> {
  const id = await place.client.get(place.key);
  return { id: id ?? undefined, committed: await hasCommitted(place) };
}

async function hasCommitted({ client, group, ...selection }: IdentityPlace): Promise<boolean> {
  for (const stream of await discoverStreams(client, selection)) {
    const ours = (await readGroups(client, stream)).find(({ name }) => name === group);
    if (ours !== undefined && ours.position.id !== "0-0") return true;
  }
  return false;
}

/** Sets the key unless it was changed since it was read. An empty text stands for no value. */
const SET_ID = `
local id = redis.call('GET', KEYS[1])
if id ~= ARGV[1] and (id or '') ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`;

/** A change of the source id. `before` is the one that was read. */
export interface IdChange {
  readonly before: string | undefined;
  readonly id: string;
}

/** Sets the source id. Rejects with IDENTITY_CHANGED when another agent has set another one. */
export async function setSourceId(
  { client, key }: IdentityPlace,
  { before = "", id }: IdChange,
  server: ServerFacts,
): Promise<void> {
  const isSet = await client.eval(evenWhenFull(SET_ID, server), 1, key, id, before);
  if (isSet === 1) return;
  const message = `expected the source id at ${key} to be as it was read, but another agent has changed it: start again`;
  throw new RedisSourceError("IDENTITY_CHANGED", message);
}
