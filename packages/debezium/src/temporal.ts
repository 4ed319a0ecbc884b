import type { Decoded } from "./omission.ts";
import { MALFORMED, SPOILT } from "./omission.ts";

const DAY_US = 86_400_000_000n;
/** PostgreSQL's dates: 4713 BC to 5874897. Debezium sends an infinite one as a number far outside. */
const DATE_DAYS = { first: -2_440_588n, last: 2_145_031_948n };
/** Debezium's own numbers for ±infinity, in microseconds; anything as far out is no timestamp of its. */
const INFINITY_US = { negative: -9_223_372_036_832_400_000n, positive: 9_223_372_036_825_200_000n };
/** 1582-10-05 … 1582-10-24: where Java's calendar jumps, ten days go wrong, and the ten that they land on are not certain either. */
const CALENDAR_JUMP = { first: -141_437n, last: -141_418n };

/** A date from days since 1970. `isShifted`: from where Debezium goes through Java's old calendar (snapshots and arrays). */
export function decodeDate(days: bigint, isShifted: boolean): Decoded {
  if (days < DATE_DAYS.first || days > DATE_DAYS.last) return SPOILT;
  if (isShifted && days >= CALENDAR_JUMP.first && days <= CALENDAR_JUMP.last) return SPOILT;
  const { date, isBeforeChrist } = civilDate(days);
  return isBeforeChrist ? `${date} BC` : date;
}

/** A time of day from microseconds; 24:00:00 is one. */
export function decodeTime(microseconds: bigint): Decoded {
  if (microseconds < 0n || microseconds > DAY_US) return MALFORMED;
  return timeText(microseconds);
}

/** A timestamp without zone from microseconds since 1970. */
export function decodeTimestamp(microseconds: bigint): Decoded {
  if (microseconds <= INFINITY_US.negative || microseconds >= INFINITY_US.positive) return SPOILT;
  const days = floorDivide(microseconds, DAY_US);
  const { date, isBeforeChrist } = civilDate(days);
  return `${date}T${timeText(microseconds - days * DAY_US)}${isBeforeChrist ? " BC" : ""}`;
}

const ZONED = /^([+-]?\d{4,6})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** A timestamp with zone, from Debezium's text in UTC. Year 0 there is 1 BC here. */
export function decodeZonedTimestamp(text: string, isShifted: boolean): Decoded {
  if (text === "infinity" || text === "-infinity") return text;
  const [, yearText, month, day, time, fraction = ""] = ZONED.exec(text) ?? [];
  if (yearText === undefined || /[1-9]/.test(fraction.slice(6))) return MALFORMED;
  const year = Number(yearText);
  if (isShifted && year === 1582 && month === "10" && Number(day) >= 5 && Number(day) <= 24) return SPOILT;
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return `${shownYear}-${month}-${day}T${time}.${fraction.slice(0, 6).padEnd(6, "0")}Z${year > 0 ? "" : " BC"}`;
}

function timeText(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}

/** The proleptic Gregorian date of a day count, by eras of 400 years that begin in March, so that leap days come last. */
function civilDate(days: bigint): { date: string; isBeforeChrist: boolean } {
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const shownYear = String(year > 0n ? year : 1n - year).padStart(4, "0");
  return { date: `${shownYear}-${pad(month)}-${pad(day)}`, isBeforeChrist: year <= 0n };
}

function pad(number: bigint): string {
  return String(number).padStart(2, "0");
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
