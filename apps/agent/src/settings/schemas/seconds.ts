import * as v from "valibot";
import { written } from "./written.ts";

const MESSAGE = "expected a number of seconds, such as 60 or 0.5";

/** A number of seconds. Its output is in milliseconds. */
export const seconds: v.GenericSchema<string | number, number> = v.pipe(
  written(MESSAGE),
  v.regex(/^\d{1,9}(\.\d{1,3})?$/, MESSAGE),
  v.transform((value) => Math.round(Number(value) * 1000)),
);
