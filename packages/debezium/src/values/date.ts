import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { civilDateOf } from "./civil-date.ts";
import { dateTextOf, isInCalendarJump, parseIsoDate } from "./iso-date.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";

/**
 * PostgreSQL's range of dates, 4714-11-24 BC to 5874897-12-31. Debezium sends an infinite date as a
 * number far outside.
 */
const RANGE = { first: -2_440_588n, last: 2_145_042_905n };

/** The same range in ISO's years. */
const ISO_YEARS = { first: -4713, last: 5_874_897 };

/**
 * 1582-10-05 to 1582-10-24. Java's old calendar jumps over ten of these days, so Debezium sends
 * them as others. The days that they are sent as are not certain either.
 */
const CALENDAR_JUMP = { first: -141_437n, last: -141_418n };

/**
 * Decodes a date from the days since 1970. In snapshots and arrays, Debezium uses Java's old
 * calendar.
 */
export function decodeDate(json: Json, { isSnapshot, isElement }: Place): Decoded {
  const days = bigintOf(json);
  if (days === undefined) return MALFORMED;
  if (days < RANGE.first || days > RANGE.last) return OUT_OF_RANGE;
  const isInJump = days >= CALENDAR_JUMP.first && days <= CALENDAR_JUMP.last;
  if (isInJump && (isSnapshot || isElement)) return OUT_OF_RANGE;
  const { date, era } = civilDateOf(days);
  return date + era;
}

/**
 * Decodes a date that Debezium wrote as text (`time.precision.mode=isostring`), as `decodeDate`.
 */
export function decodeIsoDate(json: Json, { isSnapshot, isElement }: Place): Decoded {
  const iso = typeof json === "string" && json.endsWith("Z") ? parseIsoDate(json.slice(0, -1)) : undefined;
  if (iso === undefined) return MALFORMED;
  if (iso.year < ISO_YEARS.first || iso.year > ISO_YEARS.last) return OUT_OF_RANGE;
  if (isInCalendarJump(iso) && (isSnapshot || isElement)) return OUT_OF_RANGE;
  const { date, era } = dateTextOf(iso);
  return date + era;
}
