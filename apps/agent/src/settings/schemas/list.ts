import * as v from "valibot";

/**
 * Names, as text separated by commas or as an array. In a glob, `?` can stand for a comma of a
 * name.
 */
export const list: v.GenericSchema<string | string[], string[]> = v.union(
  [
    v.pipe(
      v.string(),
      v.transform((value) => value.split(",").map((each) => each.trim())),
    ),
    v.array(v.string()),
  ],
  "expected names separated by commas, or an array of names",
);
