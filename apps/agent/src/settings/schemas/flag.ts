import * as v from "valibot";

const MESSAGE = "expected true or false";

/** True or false, as text in a variable or as a JSON value in a file. */
export const flag: v.GenericSchema<string | boolean, boolean> = v.pipe(
  v.union([v.string(), v.boolean()], MESSAGE),
  v.transform((value) => String(value)),
  v.picklist(["true", "false"], MESSAGE),
  v.transform((value) => value === "true"),
);
