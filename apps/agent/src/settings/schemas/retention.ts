import * as v from "valibot";
import { written } from "./written.ts";

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MESSAGE = "expected a time such as 24h (s, m, h, d), 0 for at once, or off";

/** An age. Its output is in milliseconds, or null for `off`. */
export const retention: v.GenericSchema<string | number, number | null> = v.pipe(
  written(MESSAGE),
  v.regex(/^(off|0|\d{1,6}[smhd])$/, MESSAGE),
  v.transform((value) => {
    if (value === "off") return null;
    const unit = (["s", "m", "h", "d"] as const).find((letter) => value.endsWith(letter));
    return unit === undefined ? 0 : Number.parseInt(value, 10) * UNIT_MS[unit];
  }),
);
