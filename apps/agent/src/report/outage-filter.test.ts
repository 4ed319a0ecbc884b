import { expect, test } from "vitest";
import type { AgentEvent } from "./agent-event.ts";
import { createOutageFilter } from "./outage-filter.ts";

const waiting = (sinceMs: number): AgentEvent => ({
  type: "store-waiting",
  code: "UNAVAILABLE",
  message: "away",
  sinceMs,
  retryInMs: 100,
});
const back: AgentEvent = { type: "store-back", afterMs: 1 };

/** Passes events at times, in milliseconds, and returns the times of those that are let through. */
function timesLetThrough(events: readonly (readonly [number, AgentEvent])[]): number[] {
  let now = 0;
  const isNews = createOutageFilter(() => now);
  return events.flatMap(([time, event]) => {
    now = time;
    return isNews(event) ? [time] : [];
  });
}

test("twenty tables that wait for three minutes give one line, one a minute, and one at the end", () => {
  const seconds = Array.from({ length: 180 }, (_, second) => second * 1000);
  const outage = seconds.flatMap((time) => Array.from({ length: 20 }, () => [time, waiting(time)] as const));
  const recovery = Array.from({ length: 20 }, (_, table) => [180_000 + table, back] as const);
  expect(timesLetThrough([...outage, ...recovery])).toEqual([0, 60_000, 120_000, 180_000]);
});

test("a table whose request began before the end of the outage does not begin another one", () => {
  const events = [
    [0, waiting(0)],
    [100, waiting(100)],
    [200, back],
    [300, waiting(250)],
    [400, back],
  ] as const;
  expect(timesLetThrough(events)).toEqual([0, 200]);
});

test("an outage that begins later is told at once", () => {
  expect(
    timesLetThrough([
      [0, waiting(0)],
      [200, back],
      [5_000, waiting(0)],
      [5_100, back],
    ]),
  ).toEqual([0, 200, 5_000, 5_100]);
});

test("a table that waits on after the store is back is told once a minute", () => {
  const lonely = Array.from({ length: 130 }, (_, second) => [1_000 * second, waiting(1_000 * second)] as const);
  const events = [...lonely.slice(0, 10), [9_500, back] as const, ...lonely.slice(10)];
  expect(timesLetThrough(events)).toEqual([0, 9_500, 60_000, 120_000]);
});

test("other events pass", () => {
  expect(
    timesLetThrough([
      [0, { type: "stopping" }],
      [1, { type: "stopping" }],
    ]),
  ).toEqual([0, 1]);
});

test("twenty tables that an anchor keeps waiting give one line, and one a minute", () => {
  const chain = { database: "erp", schema: "public", table: "account" };
  const event: AgentEvent = {
    type: "anchor-waiting",
    chain,
    code: "UNAVAILABLE",
    message: "",
    retryInMs: 1,
    attempt: 1,
  };
  const events = Array.from({ length: 120 }, (_, second) => [second * 1000, event] as const);
  expect(timesLetThrough(events.flatMap((each) => [each, each]))).toEqual([0, 60_000]);
  // A refusal of one table is not an outage.
  const refused: AgentEvent = { ...event, code: "NOT_NEXT" };
  expect(
    timesLetThrough([
      [0, event],
      [1, refused],
      [2, refused],
    ]),
  ).toEqual([0, 1, 2]);
});
