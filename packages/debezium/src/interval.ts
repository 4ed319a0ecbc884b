import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

const ISO = /^P(-?\d+)Y(-?\d+)M(-?\d+)DT(-?\d+)H(-?\d+)M(-?\d+(?:\.\d+)?(?:E-?\d+)?)S$/;

/**
 * An interval from Debezium's ISO text, as PostgreSQL's style `postgres` prints it, with seconds to six digits. Debezium takes seconds through
 * a double, so `11.442507` may come as `11.442506999`: six digits is all that PostgreSQL has, and rounding to them gives them back.
 */
export function decodeInterval(text: string): Decoded {
  const [, years, months, days, hours, minutes, seconds] = ISO.exec(text) ?? [];
  if (years === undefined || months === undefined || days === undefined) return MALFORMED;
  const microseconds =
    (BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n) * 1_000_000n +
    BigInt(Math.round(Number(seconds) * 1_000_000));
  return intervalText(BigInt(years), BigInt(months), BigInt(days), microseconds);
}

function intervalText(years: bigint, months: bigint, days: bigint, microseconds: bigint): string {
  const parts: string[] = [];
  let isAfterNegative = false;
  for (const [count, unit] of [
    [years, "year"],
    [months, "mon"],
    [days, "day"],
  ] as const) {
    if (count === 0n) continue;
    // PostgreSQL marks the step from a negative part to a positive one.
    parts.push(`${isAfterNegative && count > 0n ? "+" : ""}${count} ${unit}${count === 1n ? "" : "s"}`);
    isAfterNegative = count < 0n;
  }
  if (microseconds === 0n && parts.length > 0) return parts.join(" ");
  const sign = microseconds < 0n ? "-" : isAfterNegative ? "+" : "";
  return [...parts, sign + clockText(microseconds < 0n ? -microseconds : microseconds)].join(" ");
}

function clockText(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  const [hour, minute, second] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${hour}:${minute}:${second}.${String(microseconds % 1_000_000n).padStart(6, "0")}`;
}
