import * as v from "valibot";

/**
 * A setting with a default, written as an operator would write it. `help` is its text in `--help`.
 */
export const withDefault = <O>(
  schema: v.GenericSchema<string | number | boolean, O>,
  help: string,
  value: string,
): v.GenericSchema<unknown, O> => v.pipe(v.optional(schema, value), v.description(`${help} (default: ${value})`));

/** A setting that may be left out. `help` is its text in `--help`. */
export const optional = <O>(
  schema: v.GenericSchema<unknown, O>,
  help: string,
): v.GenericSchema<unknown, O | undefined> => v.pipe(v.optional(schema), v.description(help));
