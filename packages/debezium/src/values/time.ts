import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";

/** Units of Debezium's times and timestamps, in nanoseconds. */
export const UNIT = { nanosecond: 1n, microsecond: 1000n, millisecond: 1_000_000n } as const;

/** The length of a day in microseconds. */
export const DAY = 86_400_000_000n;

const ISO_TIME = /^((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))?Z$/;

/**
 * Decodes a time of day from a count of units of `unit` nanoseconds. 24:00:00 is a valid time. As
 * an element of an array it arrives as 0, so 0 there may also mean midnight.
 */
export function decodeTime(json: Json, unit: bigint, { isElement }: Place): Decoded {
  const count = bigintOf(json);
  if (count === undefined) return MALFORMED;
  if (isElement && count === 0n) return OUT_OF_RANGE;
  const nanoseconds = count * unit;
  if (nanoseconds < 0n || nanoseconds > DAY * 1000n || nanoseconds % 1000n !== 0n) return MALFORMED;
  return clockText(nanoseconds / 1000n);
}

/**
 * Decodes a time of day that Debezium wrote as text (`time.precision.mode=isostring`). 24:00:00
 * arrives as 00:00:00, so 00:00:00 is not certain.
 */
export function decodeIsoTime(json: Json): Decoded {
  const [, clock, fraction = ""] = (typeof json === "string" && ISO_TIME.exec(json)) || [];
  if (clock === undefined) return MALFORMED;
  const time = `${clock}.${fraction.padEnd(6, "0")}`;
  return time === "00:00:00.000000" ? OUT_OF_RANGE : time;
}

/** Returns microseconds as `HH:MM:SS.ffffff`. Requires microseconds ≥ 0. */
export function clockText(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}
