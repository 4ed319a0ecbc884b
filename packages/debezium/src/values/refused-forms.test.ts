import { expect, test } from "vitest";
import { parseJson } from "../message/json.ts";
import { decodeGeometry } from "./geometry.ts";
import { decodeInterval } from "./interval.ts";
import { parseIsoDate } from "./iso-date.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import { decodeIsoTime } from "./time.ts";
import { decodeIsoTimestamp, decodeZonedTimestamp } from "./timestamp.ts";
import { decodeSparseVector } from "./vector.ts";

const PLACE = { isSnapshot: false, isElement: false };

test.each(["2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:01Z"])(
  "no timestamp is %s",
  (text) => {
    expect(decodeIsoTimestamp(text, PLACE)).toBe(MALFORMED);
    expect(decodeZonedTimestamp(text, PLACE)).toBe(MALFORMED);
  },
);

test.each(["99:99:99Z", "23:60:00Z", "23:59:60Z"])("no time is %s", (text) => {
  expect(decodeIsoTime(text)).toBe(MALFORMED);
});

test("a leap day exists in the leap years of the Gregorian calendar, before Christ too", () => {
  expect(parseIsoDate("2000-02-29")).toBeDefined();
  expect(parseIsoDate("-0004-02-29")).toBeDefined();
  expect(parseIsoDate("1900-02-29")).toBeUndefined();
  expect(parseIsoDate("-0003-02-29")).toBeUndefined();
});

test("a timestamp before PostgreSQL's first year is out of range", () => {
  expect(decodeZonedTimestamp("-999999-01-01T00:00:00Z", PLACE)).toBe(OUT_OF_RANGE);
});

test("the first byte of a geometry is a byte order", () => {
  const geometryOf = (hex: string) => parseJson(`{"wkb":"${Buffer.from(hex, "hex").toString("base64")}","srid":null}`);
  expect(decodeGeometry(geometryOf("070000000100000000"))).toBe(MALFORMED);
  expect(decodeGeometry(geometryOf("000000000100000000"))).toBe("000000000100000000");
});

test.each(["[[-1,1]]", "[[0,1]]", "[[3,1]]"])("a sparse vector of two dimensions has no index %s", (pairs) => {
  expect(decodeSparseVector(parseJson(`{"dimensions":2,"vector":${pairs}}`))).toBe(MALFORMED);
});

test.each(["P0Y0M0DT0H0M1E999S", `P0Y0M0DT0H0M${"9".repeat(400)}S`])("no interval is %s", (text) => {
  expect(decodeInterval(text)).toBe(MALFORMED);
});
