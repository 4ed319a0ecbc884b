import { bigintOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, OUT_OF_RANGE } from "./omission.ts";
import type { Place } from "./place.ts";

/** Units of Debezium's times and timestamps, in microseconds. */
export const UNIT = { microsecond: 1n, millisecond: 1000n } as const;

/** The length of a day in microseconds. */
export const DAY = 86_400_000_000n;

/**
 * Decodes a time of day from a count of units of `unit` microseconds. 24:00:00 is a valid time. As
 * an element of an array it arrives as 0, so 0 there may also mean midnight.
 */
export function decodeTime(json: Json, unit: bigint, { isElement }: Place): Decoded {
  const count = bigintOf(json);
  if (count === undefined) return MALFORMED;
  if (isElement && count === 0n) return OUT_OF_RANGE;
  const microseconds = count * unit;
  return microseconds < 0n || microseconds > DAY ? MALFORMED : clockText(microseconds);
}

/** Returns microseconds as `HH:MM:SS.ffffff`. Requires microseconds ≥ 0. */
export function clockText(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}
