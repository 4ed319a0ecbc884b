import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { startDebezium } from "./debezium-server.ts";
import { startPostgres } from "./postgres-server.ts";
import { startRedis } from "./redis-server.ts";

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
await postgres.psql(`
  CREATE TABLE account (id int PRIMARY KEY, owner text);
  CREATE TABLE other (id int PRIMARY KEY);
  CREATE PUBLICATION etrap_pub FOR TABLE account;
  INSERT INTO account VALUES (1, 'Ana');
  INSERT INTO other VALUES (1)`);
const debezium = await startDebezium({ postgres, redisPort: redis.port, tables: ["public.account"] });
const client = new Redis(redis.port, "127.0.0.1");
afterAll(async () => {
  client.disconnect();
  await debezium.stop();
  await Promise.all([postgres.stop(), redis.stop()]);
});

/** Returns operation and id of every change that came, once there are at least so many. */
async function untilArrived(count: number): Promise<string[]> {
  while ((await client.xlen("etrap.public.account")) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  const entries = await client.xrange("etrap.public.account", "-", "+");
  return entries.map(([, fields]) => {
    const { payload } = JSON.parse(fields[fields.indexOf("value") + 1] ?? "");
    return `${payload.op} ${payload.after?.id ?? payload.before.id}`;
  });
}

test(
  "goes on where it was after kill -9, and reads only the tables that it is told",
  { timeout: 120_000 },
  async () => {
    await postgres.psql("INSERT INTO account VALUES (2, 'Bob')");
    expect(await untilArrived(2)).toEqual(["r 1", "c 2"]);
    await debezium.kill();
    await postgres.psql("UPDATE account SET owner = 'Eve' WHERE id = 2");
    await postgres.psql("DELETE FROM account WHERE id = 1");
    await debezium.start();
    const arrived = await untilArrived(4);
    // What came shortly before the kill may come again.
    expect([...new Set(arrived)]).toEqual(["r 1", "c 2", "u 2", "d 1"]);
    expect(await client.keys("etrap.public.*")).toEqual(["etrap.public.account"]);
  },
);
