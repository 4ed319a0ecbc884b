import type { Delivery } from "@etrap/batcher";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeChangeSource } from "@etrap/batcher/suites";
import { startRedis } from "@etrap/test-servers";
import { nextEntryId } from "./streams/entry-id.ts";
import type { RedisSourceEvent } from "./events.ts";
import { openRedisSource } from "./redis-source.ts";
import type { RedisSource } from "./redis-source.ts";
import { redisClientOptions } from "./server/client-options.ts";
import {
  factsOfGroup,
  GROUP,
  ids,
  idsOf,
  NEVER,
  pullForAWhile,
  pullOnce,
  pullUntil,
  startBench,
  STREAM,
} from "./fixtures/bench.ts";
import type { Bench } from "./fixtures/bench.ts";
import { sampleFields } from "./fixtures/sample-fields.ts";

describeChangeSource("the source on Redis", async () => {
  const server = await startRedis();
  const redis = new Redis(server.port, "127.0.0.1");
  redis.on("error", () => undefined);
  let client: Redis | undefined;
  let source: RedisSource | undefined;
  const closeSource = async (): Promise<void> => {
    await source?.close();
    client?.disconnect();
  };
  return {
    append: async (stream, ...numbers) => {
      for (const number of numbers) await redis.xadd(stream, `${number}-0`, ...sampleFields(number));
    },
    open: async () => {
      await closeSource();
      client = new Redis({ ...redisClientOptions(), host: "127.0.0.1", port: server.port });
      const options = {
        organization: "acme",
        database: "erp",
        streamPattern: "etrap.public.*",
        group: GROUP,
        consumer: "agent-1",
      };
      return (source = await openRedisSource({ client, ...options, retentionMs: null }, NEVER));
    },
    stepBack: async () => {
      await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    },
    setAway: (isAway) => (isAway ? server.kill() : server.start()),
    close: async () => {
      await closeSource();
      redis.disconnect();
      await server.stop();
    },
  };
});

describe("the lag", () => {
  test("counts the entries that are not committed, and says since when the oldest waits", async () => {
    const bench = await startBench();
    const source = await bench.open();
    await bench.append(3);
    const [first] = ids(1, 1);
    expect(await source.lag()).toEqual([{ stream: STREAM, entries: 3, oldestAt: Number(first?.split("-")[0]) }]);
    const deliveries = await pullUntil(source, 3);
    await source.commit(deliveries.slice(0, 2));
    expect(await source.lag()).toEqual([expect.objectContaining({ stream: STREAM, entries: 1 })]);
    await source.commit(deliveries.slice(2));
    expect(await source.lag()).toEqual([{ stream: STREAM, entries: 0, oldestAt: undefined }]);
  });
});

describe("discovery", () => {
  test("an empty Redis is fine, and a stream that appears later is read within two seconds", async () => {
    const bench = await startBench();
    const source = await bench.open();
    expect(await source.pull({ max: 10, maxBytes: 1000, waitMs: 10, paused: new Set(), signal: NEVER })).toEqual([]);
    await bench.append(3);
    const start = performance.now();
    expect(idsOf(await pullUntil(source, 3))).toEqual(ids(1, 3));
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("reads the table streams and the prefix's streams of transactions, messages and heartbeats, and no others", async () => {
    const bench = await startBench();
    for (const stream of [
      "etrap.transaction",
      "etrap.message",
      "__debezium-heartbeat.etrap",
      "etrap.public.a",
      "etrap.audit.a",
      "other.public.a",
    ]) {
      await bench.append(1, stream);
    }
    await bench.redis.set("etrap.public.no-stream", "1");
    const deliveries = await pullUntil(await bench.open(), 4);
    expect(deliveries.map(({ position }) => position.stream).toSorted()).toEqual([
      "__debezium-heartbeat.etrap",
      "etrap.message",
      "etrap.public.a",
      "etrap.transaction",
    ]);
  });

  test("takes the database's name from Debezium, and waits for a first change if necessary", async () => {
    const bench = await startBench();
    await bench.redis.xadd(STREAM, "1-0", "value", "not json");
    setTimeout(() => void bench.redis.xadd(STREAM, "2-0", ...sampleFields(2)), 100);
    const source = await bench.open({ database: undefined });
    expect(source.database).toBe("erp");
    expect(bench.events).toContainEqual({ type: "waiting-for-database" });
    expect((await pullUntil(source, 2))[0]?.entry).toEqual({ kind: "poison", database: "erp", reason: "NOT_JSON" });
  });

  test("finds the database's name after any number of poison entries", async () => {
    const bench = await startBench();
    for (let number = 1; number <= 35; number += 1) await bench.redis.xadd(STREAM, `${number}-0`, "value", "not json");
    await bench.redis.xadd(STREAM, "36-0", ...sampleFields(36));
    expect((await bench.open({ database: undefined })).database).toBe("erp");
  });

  test("can be stopped while it waits for a first change", async () => {
    const bench = await startBench();
    await expect(bench.open({ database: undefined }, AbortSignal.timeout(200))).rejects.toMatchObject({
      code: "ABORTED",
    });
  });
});

describe("the bytes of entries", () => {
  test("are delivered exactly as they are in Redis", async () => {
    const bench = await startBench();
    const odd = Buffer.from([0, 255, 13, 10, 34, 128]);
    await bench.redis.xadd(STREAM, "1-0", odd, odd);
    const [delivery] = await pullUntil(await bench.open(), 1);
    expect(delivery?.fields.map((field) => Buffer.from(field))).toEqual([odd, odd]);
    expect(delivery?.size).toBe(12);
    expect(delivery?.entry).toMatchObject({ kind: "poison", reason: "NOT_UTF8" });
  });

  test("stay within the limit when entries are large", async () => {
    const bench = await startBench();
    const large = "x".repeat(1 << 20);
    for (let number = 1; number <= 40; number += 1)
      await bench.redis.xadd(STREAM, `${number}-0`, "key", "default", "value", large);
    const source = await bench.open();
    let most = 0;
    const seen: string[] = [];
    while (seen.length < 40) {
      const deliveries = await source.pull({
        max: 1000,
        maxBytes: 4 << 20,
        waitMs: 100,
        paused: new Set(),
        signal: NEVER,
      });
      most = Math.max(
        most,
        deliveries.reduce((sum, { size }) => sum + size, 0),
      );
      seen.push(...idsOf(deliveries));
    }
    expect(seen).toEqual(ids(1, 40));
    expect(most).toBeLessThanOrEqual(5 << 20);
  });
});

describe("the committed position", () => {
  test("is kept in the consumer group, with the right lag", async () => {
    const bench = await startBench();
    await bench.append(10);
    const source = await bench.open();
    await source.commit((await pullUntil(source, 10)).slice(0, 4));
    const facts = await factsOfGroup(bench.redis);
    expect(facts.get("last-delivered-id")).toBe("4-0");
    expect(facts.get("lag")).toBe(6);
    expect(facts.get("pending")).toBe(0);
    expect(facts.get("consumers")).toBe(1);
  });

  test("is flushed later when Redis is away at the commit", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open();
    const deliveries = await pullUntil(source, 5);
    await bench.server.kill();
    await source.commit(deliveries);
    await bench.server.start();
    const again = await pullUntil(source, 5);
    expect(idsOf(again)).toEqual(ids(1, 5));
    await source.commit(again);
    expect((await factsOfGroup(bench.redis)).get("last-delivered-id")).toBe("5-0");
  });

  test("is never set on another server: when the server was replaced, the source steps back", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open();
    const deliveries = await pullUntil(source, 5);
    // The client has reconnected by the time of the commit, so the commit reaches the new server.
    await bench.server.kill();
    await bench.server.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await source.commit(deliveries);
    expect((await factsOfGroup(bench.redis)).get("last-delivered-id")).toBe("0-0");
    expect(idsOf(await pullUntil(source, 5))).toEqual(ids(1, 5));
  });
});

describe("stepping back", () => {
  test("happens when the group is gone", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open();
    await source.commit(await pullUntil(source, 5));
    await bench.redis.xgroup("DESTROY", STREAM, GROUP);
    expect(idsOf(await pullUntil(source, 5))).toEqual(ids(1, 5));
    expect(source.resetReason).toBe("group-missing");
  });

  test("happens when a stream was deleted and created again with lower ids", async () => {
    const bench = await startBench();
    await bench.redis.xadd(STREAM, "1000-0", ...sampleFields(1));
    const source = await bench.open();
    await source.commit(await pullUntil(source, 1));
    await bench.redis.del(STREAM);
    await bench.append(3);
    expect(idsOf(await pullUntil(source, 3))).toEqual(ids(1, 3));
  });

  test("happens when a stream was made again below the cursor, together with its group", async () => {
    const bench = await startBench();
    await bench.redis.xadd(STREAM, "1000-0", ...sampleFields(1));
    const source = await bench.open();
    await source.commit(await pullUntil(source, 1));
    const again = bench.redis.multi().del(STREAM);
    for (const number of [1, 2, 3]) again.xadd(STREAM, `${number}-0`, ...sampleFields(number));
    await again.xgroup("CREATE", STREAM, GROUP, "0").exec();
    expect(idsOf(await pullUntil(source, 3))).toEqual(ids(1, 3));
    expect(source.resetReason).toBe("stream-replaced");
  });

  test("happens when the other connection is cut, and a reply that was on its way is not handed over", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open();
    await pullUntil(source, 1);
    const { generation } = source;
    const pulling = pullOnce(source, 500);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const clients = String(await bench.redis.client("LIST"))
      .trim()
      .split("\n");
    const own = String(await bench.redis.client("ID"));
    // The connection that reads is blocked. The other one is the client that was passed in.
    const [other] = clients
      .filter((client) => !/ flags=b/.test(client))
      .map((client) => /^id=(\d+)/.exec(client)?.[1])
      .filter((id) => id !== own);
    await bench.redis.call("CLIENT", "KILL", "ID", String(other));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await bench.append(1);
    expect(await pulling).toEqual([]);
    expect(idsOf(await pullUntil(source, 2))).toEqual(ids(1, 2));
    expect(source.generation).toBeGreaterThan(generation);
  });

  test("happens when the connection is cut, and nothing is lost", async () => {
    const bench = await startBench();
    await bench.append(20);
    const source = await bench.open();
    const first = await pullUntil(source, 20);
    await source.commit(first.slice(0, 10));
    await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await bench.append(5);
    expect(idsOf(await pullUntil(source, 15))).toEqual(ids(11, 25));
    expect(source.resetReason).toBe("reconnected");
  });

  test("happens when Redis was killed and started again: the source waits, and nothing is lost", async () => {
    const bench = await startBench();
    await bench.append(10);
    const source = await bench.open();
    await source.commit((await pullUntil(source, 10)).slice(0, 5));
    await bench.server.kill();
    expect(await source.pull({ max: 10, maxBytes: 1000, waitMs: 50, paused: new Set(), signal: NEVER })).toEqual([]);
    await bench.server.start();
    await bench.append(5);
    expect(idsOf(await pullUntil(source, 10))).toEqual(ids(6, 15));
  });
});

describe("the lease", () => {
  test("lets one source pull while the other stands by, which takes over once the lease is given up", async () => {
    const bench = await startBench();
    await bench.append(5);
    const first = await bench.open({ leaseMs: 60_000 });
    const firstDeliveries = await pullUntil(first, 5);
    const second = await bench.open({ leaseMs: 60_000 });
    expect(await second.pull({ max: 10, maxBytes: 1000, waitMs: 50, paused: new Set(), signal: NEVER })).toEqual([]);
    expect(bench.events).toContainEqual({ type: "standby" });
    expect([first.isAway, second.isAway]).toEqual([false, true]);
    await first.commit(firstDeliveries.slice(0, 2));
    await first.close();
    expect(idsOf(await pullUntil(second, 3))).toEqual(ids(3, 5));
    expect(second.isAway).toBe(false);
  });

  test("runs out when its holder is dead", async () => {
    const bench = await startBench();
    await bench.append(2);
    await bench.redis.set("etrap:lease:acme:erp", "somebody else", "PX", 700);
    const source = await bench.open();
    const start = performance.now();
    await pullUntil(source, 2);
    expect(performance.now() - start).toBeGreaterThan(500);
  });

  test("is renewed while it is held", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open({ leaseMs: 300 });
    await pullUntil(source, 1);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(await bench.redis.exists("etrap:lease:acme:erp")).toBe(1);
  });

  test("is lost to another agent: the source steps back and stands by", async () => {
    const bench = await startBench();
    await bench.append(3);
    const source = await bench.open({ leaseMs: 300 });
    await pullUntil(source, 3);
    await bench.redis.set("etrap:lease:acme:erp", "somebody else", "PX", 1_000);
    const { generation } = source;
    expect(idsOf(await pullUntil(source, 3))).toEqual(ids(1, 3));
    expect(source.generation).toBeGreaterThan(generation);
    expect(source.resetReason).toBe("lease-lost");
  });

  test("is separate for each organization and database", async () => {
    const bench = await startBench();
    await bench.append(2);
    await pullUntil(await bench.open(), 2);
    await pullUntil(await bench.open({ database: "crm", group: "other" }), 2);
  });
});

describe("retention", () => {
  const lengthAfterTrim = async (bench: Bench, source: RedisSource): Promise<number> => {
    // The source trims every two seconds.
    for (const start = performance.now(); performance.now() - start < 2_500;) {
      await source.pull({ max: 1, maxBytes: 1, waitMs: 100, paused: new Set([STREAM]), signal: NEVER });
    }
    return bench.redis.xlen(STREAM);
  };

  test("trims entries that are committed and old enough, and nothing else", { timeout: 15_000 }, async () => {
    const bench = await startBench();
    await bench.append(10);
    await bench.redis.xadd(STREAM, "*", ...sampleFields(11));
    await bench.redis.xadd(STREAM, "*", ...sampleFields(12));
    const source = await bench.open({ retentionMs: 3_600_000 });
    const deliveries = await pullUntil(source, 12);
    await source.commit(deliveries.slice(0, 6));
    expect(await lengthAfterTrim(bench, source)).toBe(6);
    await source.commit(deliveries.slice(6));
    expect(await lengthAfterTrim(bench, source)).toBe(2);
  });

  test(
    "keeps entries that another group has not read and acknowledged, and names that group",
    { timeout: 15_000 },
    async () => {
      const bench = await startBench();
      await bench.append(10);
      await bench.redis.xgroup("CREATE", STREAM, "other", "0");
      await bench.redis.xreadgroup("GROUP", "other", "c", "COUNT", 6, "STREAMS", STREAM, ">");
      await bench.redis.xack(STREAM, "other", "1-0", "2-0", "3-0");
      const source = await bench.open({ retentionMs: 0 });
      await source.commit(await pullUntil(source, 10));
      expect(await lengthAfterTrim(bench, source)).toBe(7);
      expect(bench.events).toContainEqual({ type: "retention-held-back", stream: STREAM, group: "other" });
      await bench.redis.xack(STREAM, "other", "4-0", "5-0", "6-0");
      expect(await lengthAfterTrim(bench, source)).toBe(4);
    },
  );

  test("of null never trims", { timeout: 15_000 }, async () => {
    const bench = await startBench();
    await bench.append(3);
    const source = await bench.open({ retentionMs: null });
    await source.commit(await pullUntil(source, 3));
    expect(await lengthAfterTrim(bench, source)).toBe(3);
  });
});

describe("entries that are gone before they were read", () => {
  const GAP = { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" };
  const gapsOf = (deliveries: readonly Delivery[]): string[] =>
    idsOf(deliveries.filter(({ entry }) => entry.kind === "gap"));
  const lossesIn = (bench: Bench): RedisSourceEvent[] =>
    bench.events.filter(({ type }) => type === "entries-lost" || type === "loss-untold");
  test("trimmed while nobody reads: one gap in the right place, until it is committed", async () => {
    const bench = await startBench();
    await bench.append(10);
    const first = await bench.open();
    await first.commit((await pullUntil(first, 10)).slice(0, 4));
    await first.close();
    await bench.redis.xtrim(STREAM, "MINID", "8-0");

    const second = await bench.open();
    const deliveries = await pullUntil(second, 4);
    expect(idsOf(deliveries)).toEqual(["4-1", "8-0", "9-0", "10-0"]);
    expect(deliveries[0]).toEqual({
      position: { stream: STREAM, id: "4-1" },
      generation: second.generation,
      entry: GAP,
      fields: [],
      size: 0,
    });
    expect(lossesIn(bench)).toEqual([{ type: "entries-lost", stream: STREAM, count: 3 }]);
    await second.close();

    const third = await bench.open();
    const again = await pullUntil(third, 4);
    expect(idsOf(again)).toEqual(idsOf(deliveries));
    await third.commit(again.slice(0, 1));
    expect((await factsOfGroup(bench.redis)).get("last-delivered-id")).toBe("4-1");
    expect((await factsOfGroup(bench.redis)).get("lag")).toBe(3);
    await third.close();

    const fourth = await bench.open();
    const rest = await pullUntil(fourth, 3);
    expect(idsOf(rest)).toEqual(ids(8, 10));
    await fourth.commit(rest);
    expect((await factsOfGroup(bench.redis)).get("lag")).toBe(0);
    expect(await pullForAWhile(fourth)).toEqual([]);
  });

  test("trimmed past entries that were delivered: the gap comes after those, and again after the server was killed", async () => {
    const bench = await startBench();
    await bench.append(10);
    const source = await bench.open();
    const held = await source.pull({ max: 5, maxBytes: 1 << 20, waitMs: 100, paused: new Set(), signal: NEVER });
    await bench.redis.xtrim(STREAM, "MINID", "9-0");
    const rest = await pullUntil(source, 3);
    expect([...idsOf(held), ...idsOf(rest)]).toEqual([...ids(1, 5), "5-1", "9-0", "10-0"]);
    await source.commit(held);
    await bench.server.kill();
    await bench.server.start();
    expect(idsOf(await pullUntil(source, 3))).toEqual(["5-1", "9-0", "10-0"]);
  });

  test("when all are trimmed, the gap is delivered once, though no entry follows", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open();
    const held = await pullUntil(source, 5);
    await bench.append(3);
    await bench.redis.xtrim(STREAM, "MAXLEN", 0);
    const deliveries = await pullUntil(source, 1);
    expect(gapsOf(deliveries)).toEqual(["5-1"]);
    await source.commit([...held, ...deliveries]);
    await source.close();
    const later = await bench.open();
    expect(await pullForAWhile(later)).toEqual([]);
    await bench.append(2);
    expect(idsOf(await pullUntil(later, 2))).toEqual(ids(9, 10));
    expect(lossesIn(bench)).toEqual([{ type: "entries-lost", stream: STREAM, count: 3 }]);
  });

  test("a gap counts towards max, and waits while its stream is paused", async () => {
    const bench = await startBench();
    await bench.append(5);
    const first = await bench.open();
    await first.commit((await pullUntil(first, 5)).slice(0, 1));
    await first.close();
    await bench.redis.xtrim(STREAM, "MINID", "4-0");
    const source = await bench.open();
    const limits = { max: 1, maxBytes: 1 << 20, waitMs: 50, signal: NEVER };
    expect(await source.pull({ ...limits, paused: new Set([STREAM]) })).toEqual([]);
    for (const id of ["1-1", "4-0", "5-0"])
      expect(idsOf(await source.pull({ ...limits, paused: new Set() }))).toEqual([id]);
  });

  test(
    "trimmed again and again while the source reads: every loss is reported in its place, with its count",
    { timeout: 30_000 },
    async () => {
      const bench = await startBench();
      const other = "etrap.public.b";
      await bench.append(1);
      const source = await bench.open();
      const seen = await pullUntil(source, 1);
      let written = 1;
      let isWriting = true;
      const write = async (): Promise<void> => {
        for (let number = 2; number <= 6_000; number += 50) {
          const pipeline = bench.redis.pipeline();
          for (let id = number; id < number + 50; id += 1) pipeline.xadd(STREAM, `${id}-0`, ...sampleFields(id));
          pipeline.xadd(other, `${number}-0`, ...sampleFields(number));
          await pipeline.exec();
          written = number + 49;
          await bench.redis.xtrim(STREAM, "MAXLEN", number % 7);
          if (number % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
        }
        isWriting = false;
      };
      const writing = write();
      while (isWriting) {
        const deliveries = await source.pull({
          max: 20,
          maxBytes: 1 << 20,
          waitMs: 5,
          paused: new Set(),
          signal: NEVER,
        });
        seen.push(...deliveries);
        await source.commit(deliveries);
      }
      await writing;
      seen.push(...(await pullForAWhile(source)));

      const counts = lossesIn(bench).map((event) => (event.type === "entries-lost" ? (event.count ?? 0) : 0));
      let [entry, gap, lost] = ["0-0", "0-0", 0];
      for (const {
        position,
        entry: { kind },
      } of seen.filter(({ position: { stream } }) => stream === STREAM)) {
        if (kind === "gap") {
          // A gap comes directly after the entry or gap before it.
          expect(position.id).toBe(nextEntryId(lost === 0 ? entry : gap));
          [gap, lost] = [position.id, lost + (counts.shift() ?? 0)];
        } else {
          expect(Number.parseInt(position.id, 10)).toBe(Number.parseInt(entry, 10) + lost + 1);
          [entry, lost] = [position.id, 0];
        }
      }
      expect(counts).toEqual([]);
      expect(Number.parseInt(entry, 10) + lost).toBe(written);
      expect(seen.filter(({ entry: { kind } }) => kind === "gap").length).toBeGreaterThan(3);
    },
  );

  test("the source's own trimming never makes a gap", { timeout: 20_000 }, async () => {
    const bench = await startBench();
    const source = await bench.open({ retentionMs: 0 });
    const seen: Delivery[] = [];
    for (let round = 0; round < 5; round += 1) {
      await bench.append(10);
      const deliveries = await pullUntil(source, 10);
      seen.push(...deliveries);
      await source.commit(deliveries);
      if (round === 2) await bench.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      seen.push(...(await pullForAWhile(source)));
    }
    expect(await bench.redis.xlen(STREAM)).toBeLessThan(50);
    expect(idsOf(seen)).toEqual(ids(1, 50));
    expect(lossesIn(bench)).toEqual([]);
  });

  test("deleted after they were committed: there is no gap", async () => {
    const bench = await startBench();
    await bench.append(6);
    const source = await bench.open();
    await source.commit((await pullUntil(source, 6)).slice(0, 3));
    await bench.redis.xdel(STREAM, "1-0", "3-0");
    await source.close();
    const later = await bench.open();
    expect(idsOf(await pullUntil(later, 3))).toEqual(ids(4, 6));
    expect(await pullForAWhile(later)).toEqual([]);
    expect(lossesIn(bench)).toEqual([]);
  });

  test("deleted from the beginning of what is to be read: there is a gap, since the loss is certain", async () => {
    const bench = await startBench();
    await bench.append(2);
    const first = await bench.open({ retentionMs: 0 });
    await first.commit(await pullUntil(first, 2));
    await pullForAWhile(first, 2_200);
    await first.close();
    await bench.append(3);
    await bench.redis.xdel(STREAM, "3-0", "4-0");
    expect(idsOf(await pullUntil(await bench.open(), 2))).toEqual(["2-1", "5-0"]);
  });

  test("deleted from the middle of what is to be read: the loss is reported as undecided, without a gap", async () => {
    const bench = await startBench();
    await bench.append(10);
    const first = await bench.open();
    await first.commit((await pullUntil(first, 10)).slice(0, 4));
    await first.close();
    await bench.redis.xdel(STREAM, "6-0", "7-0");
    const source = await bench.open();
    const deliveries = await pullUntil(source, 4);
    expect(idsOf(deliveries)).toEqual(["5-0", "8-0", "9-0", "10-0"]);
    await source.commit(deliveries);
    expect(lossesIn(bench)).toEqual([{ type: "loss-untold", stream: STREAM, reason: "entries-deleted" }]);

    // Once the source has read to the end, it can detect losses again.
    expect(await pullForAWhile(source)).toEqual([]);
    await bench.append(4);
    await bench.redis.xtrim(STREAM, "MINID", "13-0");
    expect(idsOf(await pullUntil(source, 3))).toEqual(["10-1", "13-0", "14-0"]);
  });

  test("a stream that was deleted and created again is another stream, not a gap", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open();
    await source.commit(await pullUntil(source, 5));
    await bench.redis.del(STREAM);
    await bench.append(5);
    await bench.redis.xtrim(STREAM, "MINID", "8-0");
    expect(idsOf(await pullUntil(source, 3))).toEqual(ids(8, 10));
    expect(lossesIn(bench)).toEqual([]);
  });

  test("trimmed before the group existed: there is no gap", async () => {
    const bench = await startBench();
    await bench.append(5);
    await bench.redis.xtrim(STREAM, "MINID", "4-0");
    expect(idsOf(await pullUntil(await bench.open(), 2))).toEqual(ids(4, 5));
    expect(lossesIn(bench)).toEqual([]);
  });

  test("where reading was not counted, this is reported, and it is counted from then on", async () => {
    const bench = await startBench();
    await bench.append(10);
    await bench.redis.xgroup("CREATE", STREAM, GROUP, "3-0");
    await bench.redis.xtrim(STREAM, "MINID", "6-0");
    const source = await bench.open();
    const deliveries = await pullUntil(source, 5);
    expect(idsOf(deliveries)).toEqual(ids(6, 10));
    expect(lossesIn(bench)).toEqual([{ type: "loss-untold", stream: STREAM, reason: "not-counted" }]);
    await source.commit(deliveries);
    await source.close();
    await bench.append(3);
    await bench.redis.xtrim(STREAM, "MINID", "13-0");
    expect(idsOf(await pullUntil(await bench.open(), 2))).toEqual(["10-1", "13-0"]);
  });
});

describe("the source", () => {
  test("refuses a server that evicts keys", async () => {
    const bench = await startBench("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
    await expect(bench.open()).rejects.toMatchObject({ code: "EVICTION_POLICY" });
  });

  test("accepts any eviction policy where memory has no limit", async () => {
    const bench = await startBench("--maxmemory-policy", "allkeys-lru");
    await bench.open();
  });

  test("refuses a missing password, and names the setting", async () => {
    const bench = await startBench("--requirepass", "secret");
    await expect(bench.open()).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
      message: expect.stringContaining("REDIS_PASSWORD"),
    });
  });

  test("refuses a wrong password without repeating it", async () => {
    const bench = await startBench("--requirepass", "secret");
    const client = new Redis({
      ...redisClientOptions(),
      host: "127.0.0.1",
      port: bench.server.port,
      password: "wrong-one",
    });
    onTestFinished(() => client.disconnect());
    await expect(bench.open({ client })).rejects.toMatchObject({
      code: "NOT_AUTHENTICATED",
      message: expect.not.stringContaining("wrong-one"),
    });
  });

  test("refuses a user without the rights that it needs", async () => {
    const bench = await startBench();
    await bench.append(1);
    await bench.redis.acl("SETUSER", "weak", "on", ">pw", "~*", "+@all", "-xread");
    const client = new Redis({
      ...redisClientOptions(),
      host: "127.0.0.1",
      port: bench.server.port,
      username: "weak",
      password: "pw",
    });
    onTestFinished(() => client.disconnect());
    const source = await bench.open({ client });
    await expect(pullUntil(source, 1)).rejects.toMatchObject({ code: "NOT_PERMITTED" });
  });
});

test("a closed source leaves no connection open", async () => {
  const bench = await startBench();
  await bench.append(1);
  const source = await bench.open();
  await pullUntil(source, 1);
  await source.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const clients = String(await bench.redis.client("LIST"))
    .trim()
    .split("\n");
  // The connection of the test, and the client that was passed in.
  expect(clients).toHaveLength(2);
});
