import * as v from "valibot";

/**
 * A setting as an operator writes it: text in a variable, text or a number in a file. Its output is
 * text.
 */
export const written = (message: string): v.GenericSchema<string | number, string> =>
  v.pipe(
    v.union([v.string(), v.number()], message),
    v.transform((value) => String(value)),
  );
