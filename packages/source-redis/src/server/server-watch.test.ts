import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RedisSourceEvent } from "../events.ts";
import { createServerWatch } from "./server-watch.ts";

const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });
const refusedConnection = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
const timedOut = Object.assign(new Error("no"), { code: "ETIMEDOUT" });

let events: RedisSourceEvent[] = [];
const watch = () => createServerWatch((event) => events.push(event));
const told = (): unknown[] => events.map((event) => ("code" in event ? event.code : event.type));

beforeEach(() => {
  events = [];
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a trouble is reported at once, once a minute while it lasts, and once when it is over", () => {
  const { failed, works } = watch();
  works();
  for (let second = 0; second <= 150; second += 1) {
    failed(second % 2 === 0 ? refusedConnection : undefined);
    vi.advanceTimersByTime(1_000);
  }
  works();
  works();
  expect(told()).toEqual(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED", "redis-connected"]);
  expect(events.map((event) => ("awayMs" in event ? event.awayMs : -1))).toEqual([0, 60_000, 120_000, 151_000]);
});

test("all reasons to be disconnected count as one", () => {
  const { failed } = watch();
  for (let second = 0; second < 59; second += 1) {
    failed(second % 2 === 0 ? refusedConnection : timedOut);
    vi.advanceTimersByTime(1_000);
  }
  expect(told()).toEqual(["ECONNREFUSED"]);
});

test("each word of the server is reported when it comes", () => {
  const { failed, works } = watch();
  for (const message of ["LOADING a", "READONLY b", "LOADING c", "READONLY d"]) failed(reply(message));
  works();
  failed(reply("READONLY again"));
  expect(told()).toEqual(["LOADING", "READONLY", "redis-connected", "READONLY"]);
});

test("a lost connection is reported with its cause, or without one when none comes in time", () => {
  const first = watch();
  first.failed(undefined);
  first.failed(refusedConnection);
  expect(told()).toEqual(["ECONNREFUSED"]);
  events = [];
  const second = watch();
  second.failed(undefined);
  vi.advanceTimersByTime(6_000);
  second.failed(undefined);
  second.works();
  expect(told()).toEqual(["NO_CONNECTION", "redis-connected"]);
});

test("a connection that comes back before anything was reported is not reported either", () => {
  const { failed, works } = watch();
  failed(undefined);
  works();
  expect(events).toEqual([]);
});

test("a refused login is a lost connection, and events hold nothing but the word of the server", () => {
  const { failed } = watch();
  failed(reply("WRONGPASS invalid username-password pair or user is disabled."));
  failed(reply("ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'hunter2'"));
  expect(events.map(({ type }) => type)).toEqual(["redis-disconnected", "redis-refused"]);
  expect(JSON.stringify(events)).not.toContain("hunter2");
});
