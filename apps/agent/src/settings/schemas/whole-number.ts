import * as v from "valibot";
import { written } from "./written.ts";

const parseDigits = (message: string) => v.pipe(written(message), v.regex(/^\d{1,15}$/, message), v.transform(Number));

/** A whole number. Its range is checked elsewhere. */
export const wholeNumber: v.GenericSchema<string | number, number> = parseDigits("expected a whole number");

/** A whole number in a range. */
export const numberFrom = (least: number, most: number): v.GenericSchema<string | number, number> => {
  const message = `expected a whole number from ${least} to ${most}`;
  return v.pipe(parseDigits(message), v.minValue(least, message), v.maxValue(most, message));
};
