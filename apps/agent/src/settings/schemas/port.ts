import * as v from "valibot";
import { written } from "./written.ts";

const MESSAGE = "expected a port from 1 to 65535, 0 for a free one, or off";

/** A port to listen on. Its output is undefined for `off`. */
export const port: v.GenericSchema<string | number, number | undefined> = v.pipe(
  written(MESSAGE),
  v.regex(/^(off|\d{1,5})$/, MESSAGE),
  v.transform((value) => (value === "off" ? undefined : Number(value))),
  v.check((value) => value === undefined || value <= 65_535, MESSAGE),
);
