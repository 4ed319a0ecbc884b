import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";
import { clockText } from "./time.ts";

/** PostgreSQL keeps each part in at most 64 bits. */
const ISO =
  /^P(-?\d{1,19})Y(-?\d{1,19})M(-?\d{1,19})DT(-?\d{1,19})H(-?\d{1,19})M(-?\d{1,19}(?:\.\d{1,40})?(?:E-?\d{1,2})?)S$/;

/** The parts of an interval that PostgreSQL keeps apart. Each has its own sign. */
interface Interval {
  readonly years: bigint;
  readonly months: bigint;
  readonly days: bigint;
  readonly microseconds: bigint;
}

/**
 * Decodes an interval from Debezium's ISO text, to PostgreSQL's style `postgres` with six digits of
 * a second. Debezium computes the seconds as a double, so `11.442507` may arrive as `11.442506999`.
 * PostgreSQL has six digits at most, and rounding to six restores them.
 */
export function decodeInterval(json: Json): Decoded {
  const [, years, months, days, hours, minutes, seconds] = (typeof json === "string" && ISO.exec(json)) || [];
  if (years === undefined || months === undefined || days === undefined) return MALFORMED;
  const microseconds =
    (BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n) * 1_000_000n +
    BigInt(Math.round(Number(seconds) * 1_000_000));
  return intervalText({ years: BigInt(years), months: BigInt(months), days: BigInt(days), microseconds });
}

function intervalText({ years, months, days, microseconds }: Interval): string {
  const parts: string[] = [];
  let isAfterNegative = false;
  for (const [count, unit] of [
    [years, "year"],
    [months, "mon"],
    [days, "day"],
  ] as const) {
    if (count === 0n) continue;
    // PostgreSQL writes the sign of a positive part that follows a negative one.
    parts.push(`${isAfterNegative && count > 0n ? "+" : ""}${count} ${unit}${count === 1n ? "" : "s"}`);
    isAfterNegative = count < 0n;
  }
  if (microseconds === 0n && parts.length > 0) return parts.join(" ");
  const sign = microseconds < 0n ? "-" : isAfterNegative ? "+" : "";
  return [...parts, sign + clockText(microseconds < 0n ? -microseconds : microseconds)].join(" ");
}
