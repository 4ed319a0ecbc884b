import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { civilDateOf, floorDivide } from "./civil-date.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";
import { clockText, DAY } from "./time.ts";

/**
 * Debezium's numbers for −infinity and infinity in microseconds. No real timestamp is as far from
 * 1970.
 */
const INFINITY = { negative: -9_223_372_036_832_400_000n, positive: 9_223_372_036_825_200_000n };

const ZONED = /^([+-]?\d{4,6})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/**
 * Decodes a timestamp without time zone, from a count since 1970 of units of `unit` microseconds.
 */
export function decodeTimestamp(json: Json, unit: bigint): Decoded {
  const count = bigintOf(json);
  if (count === undefined) return MALFORMED;
  const microseconds = count * unit;
  if (microseconds <= INFINITY.negative || microseconds >= INFINITY.positive) return OUT_OF_RANGE;
  const days = floorDivide(microseconds, DAY);
  const { date, era } = civilDateOf(days);
  return `${date}T${clockText(microseconds - days * DAY)}${era}`;
}

/**
 * Decodes a timestamp with time zone from Debezium's text in UTC. Its year 0 is PostgreSQL's 1 BC.
 * In arrays, Debezium uses Java's old calendar, which jumps over ten days of October 1582.
 */
export function decodeZonedTimestamp(json: Json, { isElement }: Place): Decoded {
  if (json === "infinity" || json === "-infinity") return json;
  const [, yearText, month, day, time, fraction = ""] = (typeof json === "string" && ZONED.exec(json)) || [];
  if (yearText === undefined || /[1-9]/.test(fraction.slice(6))) return MALFORMED;
  const year = Number(yearText);
  if (isElement && year === 1582 && month === "10" && Number(day) >= 5 && Number(day) <= 24) return OUT_OF_RANGE;
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return `${shownYear}-${month}-${day}T${time}.${fraction.slice(0, 6).padEnd(6, "0")}Z${year > 0 ? "" : " BC"}`;
}
