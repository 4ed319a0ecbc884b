import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { civilDateOf } from "./civil-date.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";

/**
 * PostgreSQL's range of dates, 4713 BC to 5874897. Debezium sends an infinite date as a number far
 * outside.
 */
const RANGE = { first: -2_440_588n, last: 2_145_031_948n };

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
