import { expect, test } from "vitest";
import type { RedisSourceEvent } from "../events.ts";
import { createStreamCursor } from "./stream-cursor.ts";
import type { StreamCursor } from "./stream-cursor.ts";
import type { StreamFacts } from "../streams/stream-facts.ts";

const STREAM = "etrap.public.a";
/** Ten entries were added; 6-0 to 10-0 are left. */
const facts: StreamFacts = { length: 5, first: "6-0", last: "10-0", added: 10, newestDeleted: "0-0" };

function open(id: string, entriesRead: number | undefined): { cursor: StreamCursor; events: RedisSourceEvent[] } {
  const events: RedisSourceEvent[] = [];
  return { cursor: createStreamCursor(STREAM, { id, entriesRead }, (event) => events.push(event)), events };
}

test("a gap comes between the entries before and after it, and is committed in that order", () => {
  const { cursor, events } = open("1-0", 1);
  cursor.read("2-0");
  cursor.compare(facts);
  expect(cursor.gap).toBe("2-1");
  for (const id of ["2-1", "6-0"]) cursor.read(id);
  expect(cursor.gap).toBeUndefined();
  for (const id of ["2-1", "6-0"]) cursor.commit(id);
  expect(cursor.pendingCommit).toBeUndefined();
  cursor.commit("2-0");
  expect(cursor.pendingCommit).toEqual({ id: "6-0", entriesRead: 6 });
  expect(events).toEqual([{ type: "entries-lost", stream: STREAM, count: 3 }]);
});

test("a committed gap corrects the count, so that it is not found again", () => {
  const { cursor } = open("1-0", 1);
  cursor.compare(facts);
  cursor.read("1-1");
  cursor.commit("1-1");
  expect(cursor.pendingCommit).toEqual({ id: "1-1", entriesRead: 5 });
  const { cursor: later, events } = open("1-1", 5);
  later.compare(facts);
  expect([later.gap, events]).toEqual([undefined, []]);
});

test("a gap that was certain stays one, whatever is deleted before it is delivered", () => {
  const { cursor } = open("1-0", 1);
  cursor.compare(facts);
  cursor.compare({ ...facts, length: 4, newestDeleted: "8-0" });
  expect(cursor.gap).toBe("1-1");
});

test("a loss that cannot be decided is reported once for each period", () => {
  const { cursor, events } = open("7-0", 7);
  const deleted = { ...facts, length: 4, newestDeleted: "9-0" };
  cursor.compare(deleted);
  expect([cursor.isUnreported, events]).toEqual([true, []]);
  cursor.report();
  cursor.compare(deleted);
  cursor.report();
  expect(cursor.isUnreported).toBe(false);
  expect(events).toEqual([{ type: "loss-untold", stream: STREAM, reason: "entries-deleted" }]);
  for (const id of ["8-0", "10-0"]) cursor.read(id);
  cursor.compare(deleted);
  cursor.compare({ ...deleted, length: 5, last: "13-0", added: 13, newestDeleted: "12-0" });
  cursor.report();
  expect(events).toHaveLength(2);
});

test("a pending commit carries the count only where it is known", () => {
  const { cursor } = open("7-0", undefined);
  cursor.read("8-0");
  cursor.commit("8-0");
  cursor.commit("never read");
  expect(cursor.pendingCommit).toEqual({ id: "8-0", entriesRead: undefined });
});
