import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "./child-server.ts";
import type { ChildServer } from "./child-server.ts";
import type { PostgresServer } from "./postgres-server.ts";

/** Options of `startDebezium`. */
export interface DebeziumOptions {
  readonly postgres: Pick<PostgresServer, "port" | "database" | "user" | "psql">;
  readonly redisPort: number;
  /** The tables to read, as `schema.table`. */
  readonly tables: readonly string[];
  /** Properties besides, or in place of those that are written here. */
  readonly properties?: Readonly<Record<string, string>>;
}

const SLOT = "etrap_slot";

/**
 * Starts Debezium Server, from PostgreSQL to streams of Redis, with the settings of the project's
 * README. The publication `etrap_pub` must exist. Resolves once Debezium reads PostgreSQL's log,
 * which is after the snapshot.
 */
export async function startDebezium(options: DebeziumOptions): Promise<ChildServer> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-debezium-"));
  mkdirSync(join(folder, "config"));
  return startChild({
    name: "debezium-server",
    folder,
    command: (port) => {
      const properties = { ...propertiesOf(options, port), ...options.properties };
      const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
      writeFileSync(join(folder, "config/application.properties"), lines.join(""));
      return { program: "debezium-server", args: [] };
    },
    isUp: () => isStreaming(options.postgres),
  });
}

/** Whether somebody reads the slot. PostgreSQL may be away meanwhile. */
async function isStreaming({ psql }: Pick<PostgresServer, "psql">): Promise<boolean> {
  const question = `SELECT active FROM pg_replication_slots WHERE slot_name = '${SLOT}'`;
  return psql(question).then(
    ([active]) => active === "t",
    () => false,
  );
}

function propertiesOf({ postgres, redisPort, tables }: DebeziumOptions, httpPort: number): Record<string, string> {
  const redis = `127.0.0.1:${redisPort}`;
  return {
    "debezium.sink.type": "redis",
    "debezium.sink.redis.address": redis,
    "debezium.sink.redis.message.format": "extended",
    "debezium.sink.redis.buffer.fill.rate": "1000",
    "debezium.source.connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "debezium.source.plugin.name": "pgoutput",
    "debezium.source.database.hostname": "127.0.0.1",
    "debezium.source.database.port": String(postgres.port),
    "debezium.source.database.user": postgres.user,
    "debezium.source.database.password": "unused",
    "debezium.source.database.dbname": postgres.database,
    "debezium.source.topic.prefix": "etrap",
    "debezium.source.slot.name": SLOT,
    "debezium.source.publication.name": "etrap_pub",
    "debezium.source.publication.autocreate.mode": "disabled",
    // The snapshot does not follow the publication.
    "debezium.source.table.include.list": tables.join(","),
    "debezium.source.snapshot.mode": "initial",
    "debezium.source.tombstones.on.delete": "false",
    "debezium.source.skipped.operations": "none",
    "debezium.source.include.unknown.datatypes": "false",
    "debezium.source.event.converting.failure.handling.mode": "fail",
    "debezium.source.provide.transaction.metadata": "true",
    "debezium.source.decimal.handling.mode": "string",
    "debezium.source.interval.handling.mode": "string",
    "debezium.source.binary.handling.mode": "hex",
    // A file of offsets is emptied before it is written, and a kill in between loses them.
    "debezium.source.offset.storage": "io.debezium.storage.redis.offset.RedisOffsetBackingStore",
    "debezium.source.offset.storage.redis.address": redis,
    "debezium.source.offset.flush.interval.ms": "0",
    // The default is 10 s.
    "debezium.source.retriable.restart.connector.wait.ms": "1000",
    "debezium.format.schemas.enable": "true",
    "debezium.format.key.replace.null.with.default": "false",
    "debezium.format.value.replace.null.with.default": "false",
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": String(httpPort),
    "quarkus.log.console.json.enabled": "false",
  };
}
