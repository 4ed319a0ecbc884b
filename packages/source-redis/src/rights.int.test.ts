import { readFile } from "node:fs/promises";
import type { RedisSource } from "./redis-source.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { GROUP, NEVER, ids, idsOf, pullForAWhile, pullUntil, startBench, STREAM } from "./fixtures/bench.ts";
import type { Bench } from "./fixtures/bench.ts";

const README = await readFile(new URL("../README.md", import.meta.url), "utf8");
const [, rule = ""] = /^ACL (SETUSER etrap .*(?:\n {2}.*)*)$/m.exec(README) ?? [];
const rights = rule.split(/\s+/);
/** Commands that every user may run, and that the client sends for itself. */
const UNASKED = new Set(["hello", "auth", "client|setinfo", "client|setname", "quit"]);

/** Does everything that a source can do, as the user of the README. */
async function useEverything(bench: Bench): Promise<void> {
  await bench.append(10);
  await bench.redis.xgroup("CREATE", STREAM, "other", "0");
  await bench.redis.xreadgroup("GROUP", "other", "c", "COUNT", 6, "STREAMS", STREAM, ">");
  const open = (): Promise<RedisSource> =>
    bench.open({
      client: bench.connect({ username: "etrap", password: "secret", db: 2 }),
      database: undefined,
      retentionMs: 0,
    });
  const source = await open();
  await source.setIdentity("an-id", NEVER);
  await source.commit((await pullUntil(source, 10)).slice(0, 8));
  await pullForAWhile(source, 2_300);
  await bench.redis.xack(STREAM, "other", ...ids(1, 6));
  await pullForAWhile(source, 2_300);
  await bench.redis.xtrim(STREAM, "MINID", "10-0");
  await source.close();
  expect(idsOf(await pullUntil(await open(), 2))).toEqual(["8-1", "10-0"]);
  expect(await bench.redis.keys("etrap:*")).toEqual(
    expect.arrayContaining(["etrap:lease:acme:erp", "etrap:source:acme:erp"]),
  );
}

describe("a user with exactly the rights of the README", () => {
  test("can do everything, and runs each of the commands", { timeout: 30_000 }, async () => {
    const bench = await startBench();
    await bench.redis.call("ACL", ...rights);
    await bench.redis.select(2);
    const used = new Set<string>();
    const own = /addr=(\S+)/.exec(String(await bench.redis.client("INFO")))?.[1];
    const monitor = await bench.redis.monitor();
    onTestFinished(() => monitor.disconnect());
    monitor.on("monitor", (_time: string, [command = "", word = ""]: string[], source: string) => {
      const name = command.toLowerCase();
      if (source !== own)
        used.add(["client", "xgroup", "xinfo"].includes(name) ? `${name}|${word.toLowerCase()}` : name);
    });
    await useEverything(bench);
    const granted = rights.filter((right) => right.startsWith("+")).map((right) => right.slice(1));
    await expect.poll(() => [...used].filter((name) => !UNASKED.has(name)).toSorted()).toEqual(granted.toSorted());
    expect(bench.events.filter(({ type }) => type === "redis-refused")).toEqual([]);
    expect(GROUP).not.toBe("other");
  });

  test("may use no other key", async () => {
    const bench = await startBench();
    await bench.redis.call("ACL", ...rights);
    const client = bench.connect({
      username: "etrap",
      password: "secret",
      lazyConnect: false,
      enableOfflineQueue: true,
    });
    await expect(client.get("metadata:debezium:offsets")).rejects.toThrow("NOPERM");
  });
});
