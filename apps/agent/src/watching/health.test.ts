import { sampleChain } from "@etrap/ledger/testing";
import { expect, test } from "vitest";
import { createHealth } from "./health.ts";
import type { Health } from "./health.ts";
import type { AgentEvent } from "../report/agent-event.ts";

const NOTHING = { changes: 0, batches: 0, oldestSealedAt: undefined };
const chain = sampleChain("account");
const trouble = { code: "X", message: "why" };

function start(databases: readonly string[] = [""]): { health: Health; pass(ms: number): void } {
  let now = 1_000_000;
  const health = createHealth({ databases, hasAnchor: true, version: "1.2.3", now: () => now });
  return { health, pass: (ms) => void (now += ms) };
}

const started = { type: "started", from: "Redis", store: "x", policy: {} } as unknown as AgentEvent;

test("is starting until Redis and the store are known", () => {
  const { health, pass } = start();
  expect(health.report(NOTHING)).toMatchObject({
    status: "starting",
    redis: "starting",
    s3: "starting",
    role: "starting",
  });
  expect(health.isReady()).toBe(false);
  health.note(started);
  health.note({ type: "standby" });
  expect(health.isReady()).toBe(true);
  expect(health.report(NOTHING)).toMatchObject({ status: "healthy", role: "standby" });
  health.note({ type: "leading" });
  pass(5_000);
  expect(health.report({ changes: 7, batches: 2, oldestSealedAt: 995_000 })).toEqual({
    status: "healthy",
    redis: "connected",
    s3: "accessible",
    near: "synced",
    pending_events: 7,
    role: "leading",
    pending_batches: 2,
    oldest_pending_batch_seconds: 10,
    uptime_seconds: 5,
    version: "1.2.3",
    problems: [],
  });
});

test.for([
  [
    "Redis that is away",
    { type: "redis-disconnected", code: "ECONNREFUSED", meaning: "x", awayMs: 1 },
    { type: "redis-connected", awayMs: 2 },
    { redis: "disconnected" },
  ],
  [
    "Redis that refuses",
    { type: "redis-refused", code: "OOM", meaning: "x", awayMs: 1 },
    { type: "redis-connected", awayMs: 2 },
    { redis: "disconnected" },
  ],
  [
    "a store that is away",
    { type: "store-waiting", ...trouble, sinceMs: 1, retryInMs: 1 },
    { type: "store-back", afterMs: 2 },
    { s3: "unavailable" },
  ],
  [
    "a table that is refused",
    { type: "chain-refused", chain, ...trouble, retryInMs: 1 },
    { type: "chain-back", chain },
    {},
  ],
  [
    "a batch that cannot be minted",
    { type: "chain-parked", chain, code: "NEAR_INSUFFICIENT_FUNDS", message: "x", batches: 1, retryInMs: 1 },
    { type: "batch-anchored", header: chain },
    { near: "unavailable" },
  ],
  [
    "an anchor that is not ready",
    { type: "near-not-ready", ...trouble },
    { type: "batch-anchored", header: chain },
    { near: "unavailable" },
  ],
] as unknown as readonly (readonly [string, AgentEvent, AgentEvent, object])[])(
  "%s is a problem until it is over",
  ([, begin, end, members]) => {
    const { health, pass } = start();
    for (const event of [started, { type: "leading" } as const]) health.note(event);
    health.note(begin);
    pass(1_000);
    health.note(begin);
    const report = health.report(NOTHING);
    expect(report).toMatchObject({ status: "unhealthy", ...members });
    expect(report.problems).toEqual([expect.objectContaining({ since: 1_000_000 })]);
    // Its reader still works: nothing is restarted for a dependency that is away.
    expect(health.isReady()).toBe(true);
    health.note(end);
    expect(health.report(NOTHING)).toMatchObject({ status: "healthy", problems: [] });
  },
);

test("a probe tells of an anchor that is away, since attempts to mint come minutes apart", () => {
  const { health } = start();
  for (const event of [started, { type: "leading" } as const]) health.note(event);
  const code = "UNAVAILABLE";
  health.note({ type: "anchor-waiting", chain, code, message: "x", attempt: 1, retryInMs: 1 } as AgentEvent);
  expect(health.report(NOTHING)).toMatchObject({ status: "healthy", near: "synced" });
  health.probed("near", trouble);
  expect(health.report(NOTHING)).toMatchObject({ status: "unhealthy", near: "unavailable" });
  health.probed("near", undefined);
  health.probed("store", trouble);
  expect(health.report(NOTHING)).toMatchObject({ near: "synced", s3: "unavailable" });
});

test("what was missing at the start is over once a probe finds it", () => {
  const { health } = start();
  for (const event of [started, { type: "leading" } as const]) health.note(event);
  health.note({ type: "near-not-ready", code: "NEAR_INSUFFICIENT_FUNDS", message: "x" });
  health.probed("store", undefined);
  expect(health.report(NOTHING)).toMatchObject({ status: "unhealthy", near: "unavailable" });
  health.probed("near", undefined);
  expect(health.report(NOTHING)).toMatchObject({ status: "healthy", near: "synced" });
});

test("an old batch without a token is behind, and wakes nobody", () => {
  const { health } = start();
  for (const event of [started, { type: "leading" } as const]) health.note(event);
  const held = { changes: 0, batches: 1, oldestSealedAt: 1_000_000 - 3_600_001 };
  expect(health.report(held)).toMatchObject({ status: "healthy", near: "behind" });
});

test("each of several databases counts", () => {
  const { health } = start(["erp", "crm"]);
  health.note(started);
  health.note({ type: "leading" }, "erp");
  expect([health.isReady(), health.report(NOTHING).status]).toEqual([false, "starting"]);
  health.note({ type: "standby" }, "crm");
  expect([health.isReady(), health.report(NOTHING).status]).toEqual([true, "healthy"]);
  health.note({ type: "redis-disconnected", code: "X", meaning: "x", awayMs: 1 }, "crm");
  expect(health.report(NOTHING).problems).toMatchObject([{ part: "redis", subject: "crm" }]);
});

test("is not ready any more once it stops", () => {
  const { health } = start();
  for (const event of [started, { type: "leading" } as const, { type: "stopping" } as const]) health.note(event);
  expect([health.isReady(), health.report(NOTHING).status]).toEqual([false, "stopping"]);
});
