import { redisClientOptions } from "@etrap/source-redis";
import { Redis } from "ioredis";
import { readTls } from "../settings/read-tls.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * Creates a connection for one database, so that a command that hangs on it delays no other
 * database. Throws BAD_SETTINGS for a file of the TLS connection.
 */
export async function createClient({ redis }: Pick<Settings, "redis">): Promise<Redis> {
  const { host, port, db, username, password, tls } = redis;
  return new Redis({
    ...redisClientOptions(),
    host,
    port,
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls: await readTls(tls) }),
  });
}
