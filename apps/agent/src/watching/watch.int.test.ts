import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { Redis } from "ioredis";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@etrap/test-servers";
import { readRecording } from "@etrap/testdata";
import { expect, onTestFinished, test } from "vitest";
import { startEtrap } from "../fixtures/etrap-process.ts";
import type { EtrapProcess } from "../fixtures/etrap-process.ts";
import { loadEntries } from "../fixtures/load-entries.ts";
import { makeFolder } from "../fixtures/run-etrap.ts";

interface Watched {
  readonly redis: Awaited<ReturnType<typeof startRedis>>;
  readonly client: Redis;
  readonly agent: EtrapProcess;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
}

async function startWatched(environment: Readonly<Record<string, string>> = {}): Promise<Watched> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const client = new Redis(redis.port, "127.0.0.1");
  client.on("error", () => undefined);
  onTestFinished(() => client.disconnect());
  const folder = await makeFolder();
  const agent = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(folder, "ledger"),
    ETRAP_DATABASE: "erp",
    ETRAP_STREAM_PATTERN: "etrap.*",
    ETRAP_BATCH_TIMEOUT: "0.1",
    ETRAP_STATISTICS_INTERVAL: "0.3",
    ETRAP_LEASE: "1",
    REDIS_PORT: String(redis.port),
    ETRAP_HEALTH_PORT: "0",
    ETRAP_METRICS_PORT: "0",
    ...environment,
  });
  onTestFinished(async () => void (await agent.end("SIGKILL")));
  await agent.untilLine('"watching"');
  const line = agent.lines.find((each) => each.includes('"watching"')) ?? "";
  const [url = ""] = (JSON.parse(line) as { urls: string[] }).urls;
  return {
    redis,
    client,
    agent,
    async get(path) {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, body: await response.text() };
    },
  };
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await sleep(50);
}

test("tells its health, and loses it with Redis", { timeout: 60_000 }, async () => {
  const { redis, agent, get } = await startWatched();
  await until(async () => (await get("/ready")).status === 200);
  const healthy = await get("/health");
  expect([healthy.status, JSON.parse(healthy.body)]).toEqual([
    200,
    expect.objectContaining({
      status: "healthy",
      redis: "connected",
      s3: "accessible",
      near: "off",
      pending_events: 0,
    }),
  ]);
  expect((await get("/live")).status).toBe(200);
  await redis.kill();
  await until(async () => (await get("/health")).status === 503);
  expect(JSON.parse((await get("/health")).body)).toMatchObject({ status: "unhealthy", redis: "disconnected" });
  expect((await get("/live")).status).toBe(200);
  await redis.start();
  await until(async () => (await get("/health")).status === 200);
  expect(await agent.end("SIGTERM"), agent.errors()).toBe(0);
});

test("counts what it records, in the text of Prometheus", { timeout: 60_000 }, async () => {
  const { client, agent, get } = await startWatched();
  await loadEntries(client, readRecording("extended-schemas-on"));
  await agent.untilLine('"statistics"');
  await until(async () => /etrap_lag_seconds\{database="erp"\} 0\n/.test((await get("/metrics")).body));
  const { body } = await get("/metrics");
  const valueOf = (metric: string): number => {
    const value = body.split("\n").find((line) => line.startsWith(`${metric} `));
    return Number(value?.split(" ")[1]);
  };
  expect(valueOf('etrap_events_processed_total{database="erp"}')).toBeGreaterThan(100);
  expect(valueOf('etrap_batches_created_total{database="erp"}')).toBeGreaterThan(20);
  expect(valueOf('etrap_leading{database="erp"}')).toBe(1);
  expect(valueOf('etrap_buffered_changes{database="erp"}')).toBe(0);
  for (const name of ["etrap_nft_mints_total", "etrap_nft_mint_failures_total", "etrap_processing_duration_seconds"])
    expect(body).toContain(`# TYPE ${name} `);
  expect(body).toMatch(/etrap_lag_entries\{database="erp",stream="etrap\.[^"]+"\} 0/);
  expect(body).toMatch(/etrap_columns_omitted_total\{database="erp",code="\w+"\} \d+/);
  // A second look does not count the same again.
  expect((await get("/metrics")).body.match(/etrap_columns_omitted_total\{.*/g)).toEqual(
    body.match(/etrap_columns_omitted_total\{.*/g),
  );
});

test("a port that is taken is said, and stops no recording", { timeout: 60_000 }, async () => {
  const { redis, agent } = await startWatched();
  const url: string = JSON.parse(agent.lines.find((line) => line.includes('"watching"')) ?? "").urls[0];
  const second = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(await makeFolder(), "ledger"),
    ETRAP_DATABASE: "crm",
    REDIS_PORT: String(redis.port),
    ETRAP_HEALTH_PORT: new URL(url).port,
  });
  onTestFinished(async () => void (await second.end("SIGKILL")));
  await second.untilLine("port-unusable");
  await second.untilLine("leading");
});

test("writes its log to a file, and to a new one after a rotation", { timeout: 60_000 }, async () => {
  const folder = await makeFolder();
  const log = join(folder, "etrap.log");
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const agent = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(folder, "ledger"),
    ETRAP_DATABASE: "erp",
    REDIS_PORT: String(redis.port),
    ETRAP_LOG_FILE: log,
  });
  onTestFinished(async () => void (await agent.end("SIGKILL")));
  const textOf = async (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
  await until(async () => (await textOf(log)).includes('"leading"'));
  await rename(log, `${log}.1`);
  agent.signal("SIGHUP");
  await until(async () => existsSync(log));
  expect(await agent.end("SIGTERM"), agent.errors()).toBe(0);
  expect(await textOf(log)).toContain('"stopped"');
  expect([await textOf(`${log}.1`), agent.lines]).toEqual([expect.not.stringContaining('"stopped"'), []]);
});
