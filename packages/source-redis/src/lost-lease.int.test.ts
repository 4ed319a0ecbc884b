import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  factsOfGroup,
  GROUP,
  ids,
  idsOf,
  pullForAWhile,
  pullOnce,
  pullUntil,
  startBench,
  STREAM,
} from "./fixtures/bench.ts";
import type { Bench } from "./fixtures/bench.ts";

const LEASE = "etrap:lease:acme:erp";

const lossesIn = ({ events }: Bench): unknown[] =>
  events.filter(({ type }) => type === "entries-lost" || type === "loss-untold");

/** Lets another agent read, commit and trim everything, and give up the lease. */
async function letAnotherAgentRead(bench: Bench, count: number): Promise<void> {
  await bench.redis.del(LEASE);
  const other = await bench.open({ consumer: "agent-2", retentionMs: 0, leaseMs: 60_000, onEvent: () => undefined });
  await other.commit(await pullUntil(other, count));
  // Trimming happens every two seconds.
  await pullForAWhile(other, 2_300);
  expect(await bench.redis.xlen(STREAM)).toBeLessThan(count);
  await other.close();
}

describe("a leader whose machine was paused, so that its clock knows nothing of it", () => {
  test("reports no gap where another agent has recorded, committed and trimmed", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open({ leaseMs: 60_000 });
    await source.commit((await pullUntil(source, 5)).slice(0, 2));
    await bench.append(5);
    await letAnotherAgentRead(bench, 8);

    expect(await pullForAWhile(source, 1_500)).toEqual([]);
    expect(source.resetReason).toBe("lease-lost");
    await bench.append(2);
    const deliveries = await pullUntil(source, 2);
    expect(idsOf(deliveries)).toEqual(ids(11, 12));
    await source.commit(deliveries);
    expect((await factsOfGroup(bench.redis)).get("last-delivered-id")).toBe("12-0");
    expect(lossesIn(bench)).toEqual([]);
  });

  test("does not move the group back, and so makes no gap for the next reader", async () => {
    const bench = await startBench();
    await bench.append(10);
    const source = await bench.open({ leaseMs: 60_000 });
    const deliveries = await pullUntil(source, 10);
    await letAnotherAgentRead(bench, 10);
    await source.commit(deliveries.slice(0, 5));
    expect((await factsOfGroup(bench.redis)).get("last-delivered-id")).toBe("10-0");
    await source.close();
    await bench.append(1);
    expect(idsOf(await pullUntil(await bench.open(), 1))).toEqual(["11-0"]);
    expect(lossesIn(bench)).toEqual([]);
  });

  test("stands by while another agent holds the lease, and says nothing about losses", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open({ leaseMs: 60_000 });
    await pullUntil(source, 5);
    await bench.append(3);
    await bench.redis.multi().set(LEASE, "somebody else").xtrim(STREAM, "MAXLEN", 0).exec();
    expect(await pullForAWhile(source, 1_200)).toEqual([]);
    expect(bench.events.at(-1)).toEqual({ type: "standby" });
    // The entries are lost for the committed position, so whoever leads next reports them.
    await bench.redis.del(LEASE);
    expect(idsOf(await pullUntil(source, 1))).toEqual(["0-1"]);
    expect(lossesIn(bench)).toEqual([{ type: "entries-lost", stream: STREAM, count: 8 }]);
  });

  test("says nothing of a doubt either", async () => {
    const bench = await startBench();
    await bench.append(6);
    const source = await bench.open({ leaseMs: 60_000 });
    await source.pull({
      max: 2,
      maxBytes: 1 << 20,
      waitMs: 50,
      paused: new Set(),
      signal: new AbortController().signal,
    });
    await bench.redis.multi().set(LEASE, "somebody else").xdel(STREAM, "4-0").exec();
    expect(await pullForAWhile(source, 1_200)).toEqual([]);
    expect(lossesIn(bench)).toEqual([]);
  });
});

describe("a leader that was stopped for longer than its lease", () => {
  /** Lets another program work on the server, and blocks this process meanwhile as SIGSTOP does. */
  const sleepWhile = (bench: Bench, ...commands: string[]): void => {
    // In a process of its own, since this one is to notice nothing.
    const script = `const socket = require("node:net").connect(${bench.server.port}, "127.0.0.1");
      socket.on("data", (reply) => { if (/^-/m.test(reply)) process.exit(1); });
      socket.write(${JSON.stringify([...commands, "QUIT", ""].join("\r\n"))});`;
    expect(spawnSync(process.execPath, ["-e", script]).status).toBe(0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
  };

  test("reports no gap where another agent has recorded, committed and trimmed", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open({ leaseMs: 300 });
    await pullUntil(source, 5);
    await bench.append(5);
    sleepWhile(bench, `XGROUP SETID ${STREAM} ${GROUP} 10-0 ENTRIESREAD 10`, `XTRIM ${STREAM} MAXLEN 0`);
    expect(await pullForAWhile(source)).toEqual([]);
    await bench.append(1);
    expect(idsOf(await pullUntil(source, 1))).toEqual(["11-0"]);
    expect(source.resetReason).toBe("lease-lost");
    expect(lossesIn(bench)).toEqual([]);
  });

  test("steps back before it reads on, though nothing was trimmed", async () => {
    const bench = await startBench();
    await bench.append(5);
    const source = await bench.open({ leaseMs: 300 });
    await pullUntil(source, 5);
    sleepWhile(bench, `XGROUP SETID ${STREAM} ${GROUP} 3-0 ENTRIESREAD 3`);
    expect(idsOf(await pullUntil(source, 2))).toEqual(ids(4, 5));
  });

  test("does not hand over a reply that came in its sleep", async () => {
    const bench = await startBench();
    await bench.append(1);
    const source = await bench.open({ leaseMs: 300 });
    await pullUntil(source, 1);
    const { generation } = source;
    const pulling = pullOnce(source, 400);
    await new Promise((resolve) => setTimeout(resolve, 100));
    sleepWhile(bench, `XADD ${STREAM} 2-0 value a`);
    for (const delivery of await pulling) expect(delivery.generation).toBeGreaterThan(generation);
    expect(idsOf(await pullUntil(source, 2))).toEqual(ids(1, 2));
  });
});

test("a group that was moved by hand is followed, and what lies before its position is no gap", async () => {
  const bench = await startBench();
  await bench.append(5);
  const source = await bench.open({ leaseMs: 60_000 });
  await pullUntil(source, 5);
  await bench.append(5);
  await bench.redis
    .multi()
    .call("XGROUP", "SETID", STREAM, GROUP, "10-0", "ENTRIESREAD", "10")
    .xtrim(STREAM, "MAXLEN", 0)
    .exec();
  expect(await pullForAWhile(source)).toEqual([]);
  await bench.append(1);
  expect(idsOf(await pullUntil(source, 1))).toEqual(["11-0"]);
  expect(lossesIn(bench)).toEqual([]);
});

test("a lease of which the reply was lost is its holder's all the same", async () => {
  const bench = await startBench();
  await bench.append(1);
  const source = await bench.open({ leaseMs: 60_000 });
  const deliveries = await pullUntil(source, 1);
  const token = await bench.redis.get(LEASE);
  await bench.redis.set(LEASE, String(token).replace(/:\d+$/, ":77"));
  // The server knows the lease under another token, so the commit does not count.
  await source.commit(deliveries);
  await bench.append(1);
  expect(idsOf(await pullUntil(source, 2))).toEqual(ids(1, 2));
  expect(bench.events).not.toContainEqual({ type: "standby" });
});
