import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentEvent } from "../report/agent-event.ts";
import { watchStreams } from "./watch-streams.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const found = { type: "stream-found", stream: "etrap.public.a", committed: "0-0" } as const;

function typesAfter(...events: readonly AgentEvent[]): string[] {
  const types: string[] = [];
  const watch = watchStreams(({ type }) => void types.push(type), "etrap.public.*");
  for (const event of events) watch.report(event);
  vi.advanceTimersByTime(60_000);
  watch.close();
  return types;
}

test("says once that no stream was found", () => {
  expect(typesAfter({ type: "leading" })).toEqual(["leading", "no-streams"]);
  expect(typesAfter({ type: "leading" }, { type: "standby" }, { type: "leading" })).toEqual([
    "leading",
    "standby",
    "leading",
    "no-streams",
  ]);
});

test("says nothing where a stream was found, or another agent reads", () => {
  expect(typesAfter({ type: "leading" }, found)).toEqual(["leading", "stream-found"]);
  expect(typesAfter(found, { type: "leading" })).toEqual(["stream-found", "leading"]);
  expect(typesAfter({ type: "standby" })).toEqual(["standby"]);
});

test("says nothing once it is closed", () => {
  const types: string[] = [];
  const watch = watchStreams(({ type }) => void types.push(type), "etrap.public.*");
  watch.report({ type: "leading" });
  watch.close();
  vi.advanceTimersByTime(60_000);
  expect(types).toEqual(["leading"]);
});
