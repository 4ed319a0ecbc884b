import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedis } from "@etrap/test-servers";
import { expect, onTestFinished, test } from "vitest";
import { startEtrap } from "../fixtures/etrap-process.ts";
import { setUpNear } from "../fixtures/near-ledger.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

test("finds all that a run needs, and says what is missing", { timeout: 60_000 }, async () => {
  const { near, folder } = await setUpNear();
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const environment = { ...near, REDIS_PORT: String(redis.port) };
  const empty = await runEtrap(folder, ["doctor"], environment);
  expect([empty.exit, empty.lines]).toEqual([
    0,
    [
      "✔ settings: valid",
      "✔ redis: connected",
      "✔ redis: keeps its data on disk",
      expect.stringMatching(/^✔ clock: agrees with Redis within \d+ s$/),
      expect.stringMatching(/^⚠ streams: no streams found for etrap\.public\.\*: check that Debezium runs/),
      expect.stringMatching(/^✔ store: .*ledger can be used$/),
      expect.stringMatching(/^✔ near: agent\.owner\.acme may mint in notary\.owner\.acme on localnet; .* \d+ batches$/),
    ],
  ]);

  const client = new Redis(redis.port, "127.0.0.1");
  onTestFinished(() => client.disconnect());
  await client.xadd("etrap.public.a", "*", "k", "v");
  await client.config("SET", "appendonly", "no");
  const unkept = await runEtrap(folder, ["--json", "doctor"], environment);
  const findings = unkept.lines.map((line): { state: string; part: string; message: string } => JSON.parse(line));
  expect(findings).toContainEqual({
    state: "warning",
    part: "redis",
    message: expect.stringContaining("Set appendonly yes"),
  });
  expect(findings).toContainEqual(
    expect.objectContaining({ part: "streams", message: expect.stringMatching(/^1 found .* 1 entries wait/) }),
  );

  await client.config("SET", "maxmemory", "100mb");
  await client.config("SET", "maxmemory-policy", "allkeys-lru");
  const evicts = await runEtrap(folder, ["doctor"], environment);
  expect([evicts.exit, evicts.lines.join("\n")]).toEqual([1, expect.stringMatching(/✘ redis: .*EVICTION_POLICY/)]);
});

test("names each part that is away, and goes on with the others", { timeout: 60_000 }, async () => {
  const folder = await makeFolder();
  const environment = {
    REDIS_PORT: "1",
    ETRAP_STORE_DIR: "/proc/etrap",
    NEAR_ACCOUNT_ID: "nobody.near",
    NEAR_PRIVATE_KEY: "ed25519:1",
  };
  const invalid = await runEtrap(folder, ["doctor"], environment);
  expect([invalid.exit, invalid.errors.join()]).toEqual([3, expect.stringContaining("NEAR_PRIVATE_KEY")]);
  const { NEAR_ACCOUNT_ID: _, NEAR_PRIVATE_KEY: __, ...rest } = environment;
  const { exit, lines } = await runEtrap(folder, ["doctor"], rest);
  expect(exit).toBe(1);
  expect(lines.join("\n")).toMatch(/✘ redis: no answer within 15 s/);
  expect(lines.join("\n")).toMatch(/✘ store: .*\(\w+\)/);
  expect(lines.join("\n")).toMatch(/⚠ near: NEAR_ACCOUNT_ID is not set: batches are only stored/);
});

test("status tells what a running agent says, and that none runs", { timeout: 60_000 }, async () => {
  const folder = await makeFolder();
  const none = await runEtrap(folder, ["status", "--url", "http://127.0.0.1:1"]);
  expect([none.exit, none.errors.join()]).toEqual([2, expect.stringMatching(/no agent answers there.*NO_AGENT/)]);

  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const agent = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: join(folder, "ledger"),
    ETRAP_DATABASE: "erp",
    REDIS_PORT: String(redis.port),
    ETRAP_HEALTH_PORT: "0",
  });
  onTestFinished(async () => void (await agent.end("SIGKILL")));
  await agent.untilLine("leading");
  const line = agent.lines.find((each) => each.includes('"watching"')) ?? "";
  const [url = ""] = (JSON.parse(line) as { urls: string[] }).urls;
  const healthy = await runEtrap(folder, ["status", "--url", url]);
  expect([healthy.exit, healthy.lines]).toEqual([
    0,
    [
      expect.stringMatching(/^✅ healthy: leading for \d+ s, version /),
      "   Redis connected, store accessible, NEAR off",
      "   0 changes wait to be recorded, 0 batches for their token",
    ],
  ]);
  await redis.kill();
  await agent.untilLine("redis-disconnected");
  const unhealthy = await runEtrap(folder, ["status", "--url", url]);
  expect([unhealthy.exit, unhealthy.lines.join("\n")]).toEqual([1, expect.stringMatching(/❌ redis: .*since 20/)]);
});
