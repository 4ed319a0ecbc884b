import { expect, test } from "vitest";
import { NEVER, pullForAWhile, pullUntil, startBench } from "../fixtures/bench.ts";

const KEY = "etrap:source:acme:erp";

test("a Redis without an id and without a committed position is new", async () => {
  const bench = await startBench();
  await bench.append(2);
  const source = await bench.open();
  expect(source.identity).toEqual({ id: undefined, committed: false });
  await source.setIdentity("an-id", NEVER);
  expect(source.identity).toEqual({ id: "an-id", committed: false });
  expect(await bench.redis.get(KEY)).toBe("an-id");
  // Reading alone commits nothing.
  await pullUntil(source, 2);
  expect((await bench.open()).identity).toEqual({ id: "an-id", committed: false });
});

test("a committed position is found without an id, also after everything was trimmed", async () => {
  const bench = await startBench();
  await bench.append(2);
  const source = await bench.open({ retentionMs: 0 });
  await source.commit((await pullUntil(source, 2)).slice(0, 1));
  expect((await bench.open()).identity).toEqual({ id: undefined, committed: true });
  await source.commit(await pullUntil(source, 0));
  await pullForAWhile(source, 2_200);
  await bench.redis.xtrim("etrap.public.a", "MAXLEN", 0);
  expect((await bench.open()).identity).toEqual({ id: undefined, committed: true });
});

test("the position of another group does not count", async () => {
  const bench = await startBench();
  await bench.append(2);
  const source = await bench.open({ group: "other" });
  await source.commit(await pullUntil(source, 2));
  expect((await bench.open()).identity.committed).toBe(false);
});

test("an id is adopted in place of the one that was read", async () => {
  const bench = await startBench();
  await bench.redis.set(KEY, "old");
  const source = await bench.open();
  expect(source.identity.id).toBe("old");
  await source.setIdentity("new", NEVER);
  await source.setIdentity("newer", NEVER);
  expect(await bench.redis.get(KEY)).toBe("newer");
});

test("of two agents that start at the same time, the second is refused unless it sets the same id", async () => {
  const bench = await startBench();
  const [first, second] = [await bench.open(), await bench.open()];
  await first.setIdentity("a", NEVER);
  await expect(second.setIdentity("b", NEVER)).rejects.toMatchObject({ code: "IDENTITY_CHANGED" });
  expect(await bench.redis.get(KEY)).toBe("a");
  await second.setIdentity("a", NEVER);
});

test("setting an id waits while the server refuses, and can be stopped", async () => {
  const bench = await startBench();
  const source = await bench.open();
  await bench.redis.config("SET", "min-replicas-to-write", "3");
  await expect(source.setIdentity("a", AbortSignal.timeout(700))).rejects.toMatchObject({ code: "ABORTED" });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: "redis-refused", code: "NOREPLICAS" }));
  const setting = source.setIdentity("a", NEVER);
  await bench.redis.config("SET", "min-replicas-to-write", "0");
  await setting;
  expect(await bench.redis.get(KEY)).toBe("a");
});
