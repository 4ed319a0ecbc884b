import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startProxy, startRedis } from "@etrap/test-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { idsOf, ids, pullForAWhile, pullOnce, pullUntil, startBench, STREAM } from "./fixtures/bench.ts";
import type { Bench } from "./fixtures/bench.ts";
import { sampleFields } from "./fixtures/sample-fields.ts";

const LEASE = "etrap:lease:acme:erp";
const FULL = ["--maxmemory", "12mb", "--maxmemory-policy", "noeviction"];

const troublesIn = ({ events }: Bench): unknown[] =>
  events
    .filter(({ type }) => type.startsWith("redis-"))
    .map((event) => ("code" in event ? [event.type, event.code] : [event.type]));

/** Adds changes until the server takes no more, and returns their number. */
async function fill({ redis }: Bench): Promise<number> {
  for (let count = 0; ; count += 1) {
    const isAdded = await redis
      .xadd(STREAM, `${count + 1}-0`, ...sampleFields(count + 1), "padding", "x".repeat(20_000))
      .catch((error: Error) => {
        if (error.message.startsWith("OOM")) return undefined;
        throw error;
      });
    if (isAdded === undefined) return count;
  }
}

describe("a Redis that is full before anything was read", () => {
  test(
    "is drained, and committed entries are trimmed before their retention is over",
    { timeout: 30_000 },
    async () => {
      const bench = await startBench(...FULL);
      const count = await fill(bench);
      expect(count).toBeGreaterThan(100);
      const source = await bench.open({ retentionMs: 10 ** 14 });
      await source.setIdentity("an-id", AbortSignal.timeout(5_000));
      await source.commit(await pullUntil(source, count));
      await pullForAWhile(source, 2_300);
      expect(await bench.redis.xlen(STREAM)).toBe(0);
      await bench.redis.xadd(STREAM, `${count + 1}-0`, ...sampleFields(1));
      expect(idsOf(await pullUntil(source, 1))).toEqual([`${count + 1}-0`]);
      expect(bench.events).toContainEqual({
        type: "memory-nearly-full",
        used: expect.any(Number),
        limit: 12 << 20,
        trims: "early",
      });
      expect(bench.events.filter(({ type }) => type === "memory-nearly-full")).toHaveLength(1);
      expect(troublesIn(bench)).toEqual([]);
    },
  );

  test("is not trimmed where trimming is off, which is reported", { timeout: 30_000 }, async () => {
    const bench = await startBench(...FULL);
    const count = await fill(bench);
    const source = await bench.open({ retentionMs: null });
    await source.commit(await pullUntil(source, count));
    await pullForAWhile(source, 2_300);
    expect(await bench.redis.xlen(STREAM)).toBe(count);
    expect(bench.events).toContainEqual(expect.objectContaining({ type: "memory-nearly-full", trims: "never" }));
  });

  test("keeps what another group still needs", { timeout: 30_000 }, async () => {
    const bench = await startBench(...FULL);
    await bench.append(1);
    await bench.redis.xgroup("CREATE", STREAM, "other", "0");
    await bench.redis.del(STREAM);
    await bench.append(1, "etrap.public.b");
    await bench.redis.xgroup("CREATE", "etrap.public.b", "other", "0");
    const count = await fill(bench);
    const source = await bench.open({ retentionMs: 10 ** 14 });
    await source.commit(await pullUntil(source, count + 1));
    await pullForAWhile(source, 2_300);
    expect([await bench.redis.xlen("etrap.public.b"), await bench.redis.xlen(STREAM)]).toEqual([1, 0]);
  });
});

describe("an agent is no standby unless another holder was read", () => {
  const refusedWith = async (bench: Bench, ms = 700): Promise<unknown[]> => {
    const source = await bench.open();
    expect(await pullForAWhile(source, ms)).toEqual([]);
    expect(source.isAway).toBe(true);
    expect(bench.events).not.toContainEqual({ type: "standby" });
    return troublesIn(bench);
  };

  test("on a replica: READONLY", async () => {
    const primary = await startRedis();
    onTestFinished(() => primary.stop());
    const bench = await startBench("--replicaof", `127.0.0.1 ${primary.port}`);
    await bench.redis.info("replication");
    expect(await refusedWith(bench)).toEqual([["redis-refused", "READONLY"]]);
  });

  test("on a server that could not save: MISCONF, and it reads once that is mended", async () => {
    const bench = await startBench("--appendonly", "no", "--dbfilename", "taken");
    await bench.append(2);
    const [, directory = ""] = (await bench.redis.config("GET", "dir")) as string[];
    // The name of the file is taken by a folder.
    await mkdir(join(directory, "taken"));
    await bench.redis.config("SET", "save", "3600 1");
    await bench.redis.bgsave();
    await expect.poll(async () => String(await bench.redis.info("persistence"))).toContain("last_bgsave_status:err");
    const source = await bench.open();
    expect(await pullForAWhile(source)).toEqual([]);
    expect(troublesIn(bench)).toEqual([["redis-refused", "MISCONF"]]);
    await bench.redis.config("SET", "stop-writes-on-bgsave-error", "no");
    expect(idsOf(await pullUntil(source, 2))).toEqual(ids(1, 2));
    expect(troublesIn(bench)).toEqual([["redis-refused", "MISCONF"], ["redis-connected"]]);
  });

  test("on a server with too few replicas: NOREPLICAS", async () => {
    const bench = await startBench("--min-replicas-to-write", "3");
    expect(await refusedWith(bench)).toEqual([["redis-refused", "NOREPLICAS"]]);
  });

  test("when the lease's key is a list: WRONGTYPE, until it is removed", async () => {
    const bench = await startBench();
    await bench.append(1);
    await bench.redis.lpush(LEASE, "a");
    const source = await bench.open();
    expect(await pullForAWhile(source)).toEqual([]);
    expect(troublesIn(bench)).toEqual([["redis-refused", "WRONGTYPE"]]);
    await bench.redis.del(LEASE);
    expect(idsOf(await pullUntil(source, 1))).toEqual(["1-0"]);
  });

  test("when the user may not run scripts: NOPERM, and the source refuses", async () => {
    const bench = await startBench();
    await bench.redis.acl("SETUSER", "weak", "on", ">pw", "~*", "+@all", "-eval");
    const source = await bench.open({ client: bench.connect({ username: "weak", password: "pw" }) });
    await expect(pullOnce(source)).rejects.toMatchObject({ code: "NOT_PERMITTED" });
    expect(troublesIn(bench)).toEqual([["redis-refused", "NOPERM"]]);
  });

  test.for(["-get", "-xinfo", "-xgroup", "-set"])("when the user has all rights but %s", async (right) => {
    const bench = await startBench();
    await bench.append(1);
    await bench.redis.acl("SETUSER", "weak", "on", ">pw", "~*", "+@all", right);
    const run = async (): Promise<void> => {
      const source = await bench.open({ client: bench.connect({ username: "weak", password: "pw" }) });
      await pullUntil(source, 1);
    };
    await expect(run()).rejects.toMatchObject({ code: "NOT_PERMITTED" });
    expect(bench.events).not.toContainEqual({ type: "standby" });
  });

  test("when the server refuses in the middle of reading: one event, and the source reads on afterwards", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open({ leaseMs: 60_000 });
    await source.commit(await pullUntil(source, 1));
    await bench.redis.config("SET", "min-replicas-to-write", "3");
    await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    const { length } = bench.events;
    await pullForAWhile(source, 1_500);
    expect(bench.events).toHaveLength(length + 1);
    expect(source.generation).toBeLessThan(2);
    expect(troublesIn(bench)).toEqual([["redis-refused", "NOREPLICAS"]]);
    await bench.redis.config("SET", "min-replicas-to-write", "0");
    await bench.append(1);
    expect(idsOf(await pullUntil(source, 1))).toEqual(["2-0"]);
    expect(bench.events).not.toContainEqual({ type: "standby" });
  });

  test("when a password is set while it stands by: NOAUTH, once its connection was cut", async () => {
    const bench = await startBench();
    await bench.redis.set(LEASE, "somebody else");
    const source = await bench.open();
    await pullOnce(source);
    expect(bench.events).toEqual([{ type: "standby" }]);
    await bench.redis.config("SET", "requirepass", "secret");
    await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await pullForAWhile(source, 1_000);
    expect(troublesIn(bench)).toEqual([["redis-disconnected", "NOAUTH"]]);
    await bench.redis.config("SET", "requirepass", "");
    await expect
      .poll(() => pullOnce(source).then(() => troublesIn(bench).at(-1)), { timeout: 5_000 })
      .toEqual(["redis-connected"]);
  });
});

describe("a Redis that is away", () => {
  test("at the start is reported once with the cause, and once more when it is there", async () => {
    const bench = await startBench();
    await bench.server.kill();
    const opening = bench.open();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(bench.events).toEqual([
      { type: "redis-disconnected", code: "ECONNREFUSED", meaning: expect.any(String), awayMs: expect.any(Number) },
    ]);
    await bench.server.start();
    await opening;
    expect(troublesIn(bench)).toEqual([["redis-disconnected", "ECONNREFUSED"], ["redis-connected"]]);
  });

  test("in the middle is reported once with the cause, and once more when it is back", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open();
    await pullUntil(source, 1);
    for (const round of [1, 2]) {
      await bench.server.kill();
      await pullForAWhile(source, 2_500);
      await bench.server.start();
      await pullUntil(source, 1);
      const once = [["redis-disconnected", "ECONNREFUSED"], ["redis-connected"]];
      expect(troublesIn(bench)).toEqual(Array.from({ length: round }, () => once).flat());
    }
    expect(bench.events).not.toContainEqual({ type: "standby" });
  });

  test("while the source waits for a first change does not end it", async () => {
    const bench = await startBench();
    const opening = bench.open({ database: undefined });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await bench.server.kill();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await bench.server.start();
    await bench.redis.xadd(STREAM, "1-0", ...sampleFields(1));
    expect((await opening).database).toBe("erp");
    expect(troublesIn(bench)).toEqual([["redis-disconnected", "ECONNREFUSED"], ["redis-connected"]]);
  });

  test("under a name that nobody knows", async () => {
    const bench = await startBench();
    const client = bench.connect({ host: "no-such-host.invalid" });
    await expect(bench.open({ client }, AbortSignal.timeout(3_000))).rejects.toMatchObject({ code: "ABORTED" });
    expect(troublesIn(bench)).toEqual([["redis-disconnected", expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)]]);
  });

  test("because it answers nothing: a new connection is made, and it reads once the server goes on", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open({ client: bench.connect({ commandTimeout: 700 }) });
    await pullUntil(source, 1);
    bench.server.pause();
    onTestFinished(() => bench.server.resume());
    await pullForAWhile(source, 2_500);
    expect(troublesIn(bench)).toEqual([["redis-disconnected", "ETIMEDOUT"]]);
    bench.server.resume();
    expect(idsOf(await pullUntil(source, 1))).toEqual(["1-0"]);
    expect(troublesIn(bench).at(-1)).toEqual(["redis-connected"]);
  });

  test("because its connections are half open: new ones are made", async () => {
    const bench = await startBench();
    await bench.append(1);
    const proxy = await startProxy(bench.server.port);
    onTestFinished(() => proxy.stop());
    const source = await bench.open({ client: bench.connect({ port: proxy.port, commandTimeout: 700 }) });
    await pullUntil(source, 1);
    proxy.freeze();
    await pullForAWhile(source, 1_000);
    expect(idsOf(await pullUntil(source, 1))).toEqual(["1-0"]);
    expect(troublesIn(bench)).toEqual([["redis-disconnected", "ETIMEDOUT"], ["redis-connected"]]);
  });

  test("a connection that is cut and comes back at once is not reported", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open();
    await pullUntil(source, 1);
    await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await pullUntil(source, 1);
    expect(troublesIn(bench)).toEqual([]);
  });
});

describe("the source refuses", () => {
  test("a database that the server does not have", async () => {
    const bench = await startBench();
    await bench.append(1);
    await expect(bench.open({ client: bench.connect({ db: 99 }) })).rejects.toMatchObject({ code: "DB_OUT_OF_RANGE" });
    expect(await bench.redis.xinfo("GROUPS", STREAM)).toEqual([]);
  });

  test("a database that the user may not select, instead of reading database 0", async () => {
    const bench = await startBench();
    await bench.append(1);
    await bench.redis.acl("SETUSER", "weak", "on", ">pw", "~*", "+@all", "-select");
    const client = bench.connect({ db: 3, username: "weak", password: "pw" });
    await expect(bench.open({ client })).rejects.toMatchObject({ code: "NOT_PERMITTED" });
  });

  test("to go on in database 0 once the server does not have its database any more", async () => {
    const bench = await startBench("--appendonly", "no");
    await bench.append(3);
    const db = new Redis(bench.server.port, "127.0.0.1", { db: 9 });
    onTestFinished(() => db.disconnect());
    await db.xadd(STREAM, "1-0", ...sampleFields(1));
    const source = await bench.open({ client: bench.connect({ db: 9 }) });
    const deliveries = await pullUntil(source, 1);
    db.disconnect();
    await bench.redis.acl("SETUSER", "default", "-select");
    await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await source.commit(deliveries);
    await expect(pullUntil(source, 1)).rejects.toMatchObject({ code: "NOT_PERMITTED" });
    expect(await bench.redis.xinfo("GROUPS", STREAM)).toEqual([]);
  });

  test("a server in cluster mode", async () => {
    const bench = await startBench("--cluster-enabled", "yes");
    await expect(bench.open()).rejects.toMatchObject({
      code: "UNSUITABLE_SERVER",
      message: expect.stringContaining("cluster"),
    });
    expect(bench.events).toEqual([]);
  });
});
