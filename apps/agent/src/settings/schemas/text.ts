import * as v from "valibot";

/** Text that matches a pattern. `meaning` describes the pattern in a message. */
export const text = (meaning: string, pattern: RegExp): v.GenericSchema<string, string> =>
  v.pipe(v.string(`expected ${meaning}`), v.regex(pattern, `expected ${meaning}`));

/** A name that is written to headers or to Redis. */
export const name: v.GenericSchema<string, string> = text("1 to 64 of A-Z a-z 0-9 . _ -", /^[A-Za-z0-9._-]{1,64}$/);
