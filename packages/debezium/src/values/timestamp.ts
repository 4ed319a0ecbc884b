import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { civilDateOf, floorDivide } from "./civil-date.ts";
import { dateTextOf, isBeforeCertainDays, isInCalendarJump, parseIsoDate } from "./iso-date.ts";
import type { IsoDate } from "./iso-date.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";
import { clockText, DAY } from "./time.ts";

/**
 * Debezium's numbers for −infinity and infinity in microseconds. No timestamp that Debezium sends
 * right is as far from 1970.
 */
const INFINITY = { negative: -9_223_372_036_832_400_000n, positive: 9_223_372_036_825_200_000n };

/**
 * ISO's years of the timestamps that are certain. Debezium writes infinity as a time of the year
 * 294247, and −infinity as one long before PostgreSQL's first year.
 */
const ISO_YEARS = { first: -4713, last: 294_246 };

/** The last year of a timestamp with time zone, whose infinity is a word. */
const LAST_ZONED_YEAR = 294_276;

/**
 * 1582-10-25 in microseconds. Arrays go through Java's old calendar, which moves every earlier
 * timestamp by some days.
 */
const FIRST_CERTAIN_ELEMENT = -141_417n * DAY;

const ISO = /^(.*)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?Z$/;

/**
 * Decodes a timestamp without time zone, from a count since 1970 of units of `unit` nanoseconds.
 * PostgreSQL has no nanoseconds: a count that has some is Java's largest or smallest number, which
 * Debezium sends for an infinite timestamp.
 */
export function decodeTimestamp(json: Json, unit: bigint, { isElement }: Place): Decoded {
  const count = bigintOf(json);
  if (count === undefined) return MALFORMED;
  const nanoseconds = count * unit;
  const microseconds = nanoseconds / 1000n;
  if (nanoseconds % 1000n !== 0n) return OUT_OF_RANGE;
  if (microseconds <= INFINITY.negative || microseconds >= INFINITY.positive) return OUT_OF_RANGE;
  if (isElement && microseconds < FIRST_CERTAIN_ELEMENT) return OUT_OF_RANGE;
  const days = floorDivide(microseconds, DAY);
  const { date, era } = civilDateOf(days);
  return `${date}T${clockText(microseconds - days * DAY)}${era}`;
}

/**
 * Decodes a timestamp without time zone that Debezium wrote as text
 * (`time.precision.mode=isostring`), as `decodeTimestamp`. The `Z` of such a text means nothing.
 */
export function decodeIsoTimestamp(json: Json, { isElement }: Place): Decoded {
  const iso = parseIso(json);
  if (iso === undefined) return MALFORMED;
  if (iso.year < ISO_YEARS.first || iso.year > ISO_YEARS.last) return OUT_OF_RANGE;
  if (isElement && isBeforeCertainDays(iso)) return OUT_OF_RANGE;
  const { date, era } = dateTextOf(iso);
  return `${date}T${iso.time}${era}`;
}

/**
 * Decodes a timestamp with time zone from Debezium's text in UTC. In arrays, Debezium uses Java's
 * old calendar, which jumps over ten days of October 1582, and which has no infinite past.
 */
export function decodeZonedTimestamp(json: Json, { isElement }: Place): Decoded {
  if (json === "infinity" || json === "-infinity") return json;
  const iso = parseIso(json);
  if (iso === undefined) return MALFORMED;
  if (iso.year < ISO_YEARS.first || iso.year > LAST_ZONED_YEAR || (isElement && isInCalendarJump(iso)))
    return OUT_OF_RANGE;
  const { date, era } = dateTextOf(iso);
  return `${date}T${iso.time}Z${era}`;
}

interface IsoTimestamp extends IsoDate {
  /** `HH:MM:SS.ffffff`. */
  readonly time: string;
}

function parseIso(json: Json): IsoTimestamp | undefined {
  const [, dateText = "", clock, fraction = ""] = (typeof json === "string" && ISO.exec(json)) || [];
  const date = parseIsoDate(dateText);
  if (date === undefined || /[1-9]/.test(fraction.slice(6))) return undefined;
  return { ...date, time: `${clock}.${fraction.slice(0, 6).padEnd(6, "0")}` };
}
