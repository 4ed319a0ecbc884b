import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../message/json.ts";
import { decodeDate } from "./date.ts";

const dateOf = (days: number | bigint): string =>
  String(decodeDate(parseJson(String(days)), { isSnapshot: false, isElement: false }));

test("dates equal those of JavaScript's calendar, in its whole range", () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
      expect(dateOf(days)).toBe(new Date(days * 86_400_000).toISOString().slice(0, 10));
    }),
  );
});

const dayOf = (date: string): number => Number.parseInt(date.split("-")[2] ?? "", 10);

test("each date follows the one before, across eras and leap years", () => {
  for (const start of [-1_721_430n, -719_530n, -141_500n, 11_000n, 2_932_800n]) {
    let before = dateOf(start);
    for (let day = start + 1n; day < start + 800n; day += 1n) {
      const date = dateOf(day);
      expect(dayOf(date) === dayOf(before) + 1 || dayOf(date) === 1).toBe(true);
      before = date;
    }
  }
});

test.each([
  [-141_438, "1582-10-04"],
  [-141_437, { code: "OUT_OF_RANGE" }],
  [-141_428, { code: "OUT_OF_RANGE" }],
  [-141_427, { code: "OUT_OF_RANGE" }],
  [-141_418, { code: "OUT_OF_RANGE" }],
  [-141_417, "1582-10-25"],
])("in snapshots and arrays, the days that Java's old calendar may have moved are left out: %i", (days, expected) => {
  const json = parseJson(String(days));
  expect(decodeDate(json, { isSnapshot: true, isElement: false })).toEqual(expected);
  expect(decodeDate(json, { isSnapshot: false, isElement: true })).toEqual(expected);
  expect(decodeDate(json, { isSnapshot: false, isElement: false })).toMatch(/^1582-10-/);
});

test.each([
  [-2_440_588n, "4714-11-24 BC"],
  [2_145_042_905n, "5874897-12-31"],
])("PostgreSQL's first and last dates are in range, and nothing beyond: %i", (days, date) => {
  expect(dateOf(days)).toBe(date);
  const beyond = parseJson(String(days < 0n ? days - 1n : days + 1n));
  expect(decodeDate(beyond, { isSnapshot: false, isElement: false })).toEqual({ code: "OUT_OF_RANGE" });
});
