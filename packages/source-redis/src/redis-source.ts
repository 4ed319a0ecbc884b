import type { ChangeSource } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "./events.ts";
import { createFailures } from "./reading/failures.ts";
import { createGenerations } from "./reading/generations.ts";
import { createLeadership } from "./reading/leadership.ts";
import { createLease } from "./reading/lease.ts";
import { createPuller } from "./reading/puller.ts";
import { createReader } from "./reading/reader.ts";
import type { ResetReason } from "./reading/reset-reason.ts";
import { checkEviction } from "./server/check-eviction.ts";
import { createAsk } from "./server/ask-server.ts";
import { createConnections } from "./server/connections.ts";
import type { Connections } from "./server/connections.ts";
import { readServerFacts } from "./server/server-facts.ts";
import type { ServerFacts } from "./server/server-facts.ts";
import { createServerWatch } from "./server/server-watch.ts";
import type { ServerWatch } from "./server/server-watch.ts";
import type { StreamSelection } from "./streams/discover-streams.ts";
import { findDatabase } from "./streams/find-database.ts";
import { readIdentity, setSourceId } from "./streams/source-identity.ts";
import type { IdentityPlace, SourceIdentity } from "./streams/source-identity.ts";
import { readLag } from "./streams/stream-lag.ts";
import type { StreamLag } from "./streams/stream-lag.ts";

/** Options of `openRedisSource`. */
export interface RedisSourceOptions extends StreamSelection {
  /** A client made with `redisClientOptions()`. The source duplicates it for reads that wait. */
  readonly client: Redis;
  readonly organization: string;
  /** The name of the database. Default: Debezium's name for it. */
  readonly database?: string | undefined;
  /** The consumer group, which holds the committed positions. */
  readonly group: string;
  readonly consumer: string;
  /**
   * The age in milliseconds at which committed entries are trimmed: 0 trims at once, null never.
   */
  readonly retentionMs: number | null;
  readonly tables?: TableDescriptions | undefined;
  /** The largest entry that is decoded, in bytes. Default: that of `createDecoder`. */
  readonly maxEntryBytes?: number | undefined;
  /** The time in milliseconds after which the lease of a dead agent runs out. Default: 15 000. */
  readonly leaseMs?: number;
  readonly onEvent?: (event: RedisSourceEvent) => void;
}

/** A change source on Redis Streams. */
export interface RedisSource extends ChangeSource {
  /** The name of the database: the configured one, or else Debezium's. */
  readonly database: string;
  readonly resetReason: ResetReason | undefined;
  /** What Redis held about this source when it was opened, and the id that was set since. */
  readonly identity: SourceIdentity;
  /**
   * Keeps a source id in Redis, under `etrap:source:{organization}:{database}`. Waits while the
   * server is away or refuses. Rejects with IDENTITY_CHANGED when another agent has set another id
   * since `identity` was read, and with ABORTED.
   */
  setIdentity(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Reads how far the committed position of each stream is behind. For watching: it reads nothing
   * of the entries but their ids. Rejects at once while the server is away.
   */
  lag(): Promise<readonly StreamLag[]>;
  /** Gives up the lease and ends the source's own connection. The client stays open. */
  close(): Promise<void>;
}

/**
 * Opens a source. Waits for the server and, where no name is configured, for a first change that
 * gives the database's name. Rejects with RedisSourceError. The consumer group holds the committed
 * position, and the cursor is in memory: a lost reply is read again, and reading costs no write.
 */
export async function openRedisSource(options: RedisSourceOptions, signal: AbortSignal): Promise<RedisSource> {
  const watch = createServerWatch(options.onEvent ?? (() => undefined));
  const connections = createConnections(options.client, watch);
  try {
    return createSource(options, connections, await findCarrier(options, { connections, watch, signal }));
  } catch (error) {
    connections.close();
    throw error;
  }
}

/** What is known of a server and its streams before anything is read. */
interface Carrier {
  readonly watch: ServerWatch;
  readonly server: ServerFacts;
  readonly database: string;
  readonly identity: SourceIdentity;
}

/** What is needed to look for a carrier. */
interface Search {
  readonly connections: Connections;
  readonly watch: ServerWatch;
  readonly signal: AbortSignal;
}

async function findCarrier(options: RedisSourceOptions, search: Search): Promise<Carrier> {
  const { client, onEvent = () => undefined } = options;
  const { connections, watch, signal } = search;
  const ask = createAsk({ client, watch, signal });
  const server = await ask(() => readServerFacts(client));
  await ask(() => checkEviction(client, onEvent));
  const database = options.database ?? (await findDatabase({ ...options, ask, onEvent, signal }));
  const identity = await ask(() => readIdentity(identityPlace(options, database)));
  const { reading } = connections;
  await createAsk({ client: reading, watch, signal })(() => readServerFacts(reading));
  return { watch, server, database, identity };
}

function createSource(options: RedisSourceOptions, connections: Connections, carrier: Carrier): RedisSource {
  const { organization, leaseMs = 15_000, onEvent = () => undefined } = options;
  const { client, reading } = connections;
  const { watch, server, database } = carrier;
  let { identity } = carrier;
  const lease = createLease(client, { key: `etrap:lease:${organization}:${database}`, lifeMs: leaseMs, server });
  const generations = createGenerations({ ...options, server, reading, lease, onEvent });
  const noteFailure = createFailures({ watch, generations, connections: [client, reading] });
  const puller = createPuller({
    ...options,
    database,
    watch,
    noteFailure,
    generations,
    lease,
    onEvent,
    reader: createReader(reading),
    lead: createLeadership(lease, generations, onEvent),
    decode: createDecoder({
      nameDatabase: (connectorsName) => options.database ?? connectorsName ?? database,
      tables: options.tables,
      maxEntryBytes: options.maxEntryBytes,
    }),
  });
  // Replies on their way are lost, and the next connection may lead to another server.
  connections.onLost(() => generations.requestReset("reconnected"));

  const release = async (): Promise<void> => {
    await generations.current.flushCommits().catch(() => undefined);
    await lease.release();
  };

  return {
    database,
    get generation() {
      return generations.current.number;
    },
    get resetReason() {
      return generations.resetReason;
    },
    get isAway() {
      return puller.isAway;
    },
    get identity() {
      return identity;
    },
    async setIdentity(id, signal) {
      const change = { before: identity.id, id };
      await createAsk({ client, watch, signal })(() => setSourceId(identityPlace(options, database), change, server));
      identity = { ...identity, id };
    },
    lag: async () => readLag(client, options.group, options),
    pull: puller.pull,
    async commit(deliveries) {
      const { current } = generations;
      for (const { generation, position } of deliveries) if (generation === current.number) current.commit(position);
      try {
        generations.requestReset(await current.flushCommits());
      } catch (error) {
        // The cursors keep the commit. The next pull flushes it, or a step back makes it
        // unnecessary.
        noteFailure(error);
      }
    },
    release,
    async close() {
      await release();
      connections.close();
    },
  };
}

function identityPlace(options: RedisSourceOptions, database: string): IdentityPlace {
  return { ...options, key: `etrap:source:${options.organization}:${database}` };
}
