import { join } from "node:path";
import { disclosedValues } from "@etrap/proof";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "@etrap/test-servers";
import { startEtrap } from "./fixtures/etrap-process.ts";
import { untilAllCommitted } from "./fixtures/load-entries.ts";
import { makeFolder } from "./fixtures/run-etrap.ts";
import { changesOf, readLedger } from "./fixtures/read-ledger.ts";

const SECRET = "4111-1111-1111-1111";

function value(table: string, after: object, schema = "public"): string {
  const source = { connector: "postgresql", name: "etrap", db: "erp", schema, table, ts_ms: 1, txId: 1, lsn: 1 };
  return JSON.stringify({ before: null, after, source, op: "c", ts_ms: 1 });
}

test("I5: records entries of every kind, and no entry stops the loop", { timeout: 60_000 }, async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = await makeFolder();

  const big = "x".repeat(20 << 20);
  const entries: [stream: string, ...fields: string[]][] = [
    ["etrap.public.t", "key", "default", "value", `{"card":"${SECRET}"`],
    ["etrap.public.t", "key", "default", "value", value("t", { id: 1 }).replace('"op":"c"', `"op":"${SECRET}"`)],
    ["etrap.public.t", "key", "default", "value", `{"op":"c","after":{"card":"${SECRET}"}}`],
    ["etrap.public.t", "key", "default", "value", value("t", { id: 2, big })],
    ["etrap.public.t", "key", "default", "value", value("../../etc", { id: 3 })],
    [
      "etrap.public.t",
      "key",
      "default",
      "value",
      value("t", { id: 4 }).replace('{"id":4}', '{"id":4,"__proto__":"p"}'),
    ],
    ["etrap.public.account", "key", "default", "value", value("account", { id: 5 })],
    ["etrap.public.account", "key", "default", "value", value("account", { id: 6 }, "audit")],
    ["etrap.public.t", "key", "default", "value", value("x".repeat(5_000), { id: 7 })],
    ["etrap.public.t", "a", "b", "c", "d"],
    ["etrap.public.t", "key", "default", "value", value("t", { id: 8 })],
  ];
  for (const [stream, ...fields] of entries) await redis.xadd(stream, "*", ...fields);

  const etrap = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(folder, "ledger"),
    ETRAP_BATCH_TIMEOUT: "0.1",
    ETRAP_DEBUG: "true",
    REDIS_PORT: String(server.port),
  });
  await untilAllCommitted(redis, ["etrap.public.t", "etrap.public.account"], etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);

  const changes = changesOf(readLedger(join(folder, "ledger")));
  expect(changes.flatMap(({ record: { reason } }) => reason ?? [])).toEqual([
    "NOT_JSON",
    "UNKNOWN_OPERATION",
    "MISSING_SOURCE",
    "NOT_RECORDABLE",
    "UNKNOWN_SHAPE",
  ]);
  const tables = changes.flatMap(({ record: { schema, table } }) => (table === null ? [] : [`${schema}.${table}`]));
  expect(tables.toSorted()).toEqual([
    "audit.account",
    "public.../../etc",
    "public.account",
    "public.t",
    "public.t",
    "public.t",
  ]);
  const values = changes.map(({ payload }) => (payload.after === null ? {} : disclosedValues(payload.after)));
  expect(values).toContainEqual({ id: "2", big });
  expect(values.some((row) => Object.hasOwn(row, "__proto__"))).toBe(true);
  // No row value may reach a log.
  expect(etrap.lines.join("\n") + etrap.errors()).not.toContain(SECRET);
});

test("records entries that were trimmed unread as one gap, and every other entry", { timeout: 60_000 }, async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const ledger = join(await makeFolder(), "ledger");
  const stream = "etrap.public.t";
  const append = async (...ids: number[]): Promise<void> => {
    for (const id of ids) await redis.xadd(stream, `${id}-0`, "key", "default", "value", value("t", { id }));
  };
  const runOnce = async (): Promise<string[]> => {
    const etrap = startEtrap(["run"], {
      ETRAP_ORG_ID: "acme",
      ETRAP_STORE_DIR: ledger,
      ETRAP_BATCH_TIMEOUT: "0.1",
      REDIS_PORT: String(server.port),
    });
    await untilAllCommitted(redis, [stream], etrap);
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    return etrap.lines.filter((line) => line.includes("entries-lost"));
  };

  await append(1, 2, 3);
  expect(await runOnce()).toEqual([]);
  await append(4, 5, 6, 7);
  await redis.xtrim(stream, "MINID", "6-0");
  const lost = await runOnce();
  expect(lost.map((line): unknown => JSON.parse(line))).toMatchObject([{ event: "entries-lost", stream, count: 2 }]);
  await append(8);
  expect(await runOnce()).toEqual([]);

  const changes = changesOf(readLedger(ledger));
  const gaps = changes.filter(({ record: { table } }) => table === null);
  expect(
    gaps.map(({ stream: of, record: { operation, reason, position } }) => [of, operation, reason, position]),
  ).toEqual([[stream, "GAP", "TRIMMED_UNREAD", "3-1"]]);
  const rows = changes.filter(({ record: { table } }) => table === "t");
  expect(rows.map(({ id }) => id)).toEqual(["1-0", "2-0", "3-0", "6-0", "7-0", "8-0"]);
});

test("reports a wrong Redis password without the password, and exits with 2", async () => {
  const server = await startRedis("--requirepass", "right");
  onTestFinished(() => server.stop());
  const etrap = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(await makeFolder(), "ledger"),
    REDIS_PORT: String(server.port),
    REDIS_PASSWORD: "wrong-one",
  });
  expect(await etrap.exited).toBe(2);
  expect(etrap.errors()).toContain("REDIS_PASSWORD");
  expect(etrap.lines.join("\n") + etrap.errors()).not.toContain("wrong-one");
});

test("exits with 0 when it is asked to stop while Redis is away or empty", { timeout: 20_000 }, async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const environment = {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(await makeFolder(), "ledger"),
    REDIS_PORT: String(server.port),
  };
  const empty = startEtrap(["run"], environment);
  await empty.untilLine("waiting-for-database");
  expect(await empty.end("SIGTERM")).toBe(0);
  await server.kill();
  const away = startEtrap(["run"], environment);
  await away.untilLine("started");
  expect(await away.end("SIGTERM")).toBe(0);
});

test(
  "exits with 0 when it is asked to stop while Redis refuses to keep the source id",
  { timeout: 20_000 },
  async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const redis = new Redis(server.port, "127.0.0.1");
    onTestFinished(() => redis.disconnect());
    await redis.replicaof("127.0.0.1", "1");
    const refused = startEtrap(["run"], {
      ETRAP_ORG_ID: "acme",
      ETRAP_DATABASE: "erp",
      ETRAP_STORE_DIR: join(await makeFolder(), "ledger"),
      REDIS_PORT: String(server.port),
    });
    await refused.untilLine("redis-refused");
    expect(await refused.end("SIGTERM")).toBe(0);
  },
);
