import * as v from "valibot";
import { written } from "./written.ts";

const KIB = 1024;
const UNIT_BYTES: Readonly<Record<string, number>> = { "": 1, KB: KIB, MB: KIB ** 2, GB: KIB ** 3 };
const MESSAGE = "expected a number of bytes, alone or with a unit (KB, MB, GB), such as 8MB";

/**
 * A number of bytes, alone or with a unit. Each unit is 1024 times the one before, as in PostgreSQL
 * and Redis.
 */
export const bytes: v.GenericSchema<string | number, number> = v.pipe(
  written(MESSAGE),
  v.regex(/^\d{1,15}([KMG]B)?$/i, MESSAGE),
  v.transform((value) => Number.parseInt(value, 10) * (UNIT_BYTES[value.replace(/^\d+/, "").toUpperCase()] ?? 1)),
);
