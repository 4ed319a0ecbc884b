import * as v from "valibot";
import { digestSchema } from "./member-schemas.ts";

/** The largest number of leaves in a batch. */
export const MAX_LEAVES = 100_000;

/** The longest inclusion path in a tree of MAX_LEAVES leaves: ⌈log₂ MAX_LEAVES⌉. */
export const MAX_PATH_LENGTH = 17;

export const leafCountSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.maxValue(MAX_LEAVES),
);

/** The sibling hashes of an inclusion proof. */
export const pathSchema: v.GenericSchema<unknown, string[]> = v.pipe(
  v.array(digestSchema),
  v.maxLength(MAX_PATH_LENGTH),
);
