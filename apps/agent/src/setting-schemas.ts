import * as v from "valibot";
import { parseStrictJson } from "./parse-strict-json.ts";

/** A setting as it is written: text in a variable, text or a number in a file. */
const written = (message: string) =>
  v.pipe(
    v.union([v.string(), v.number()], message),
    v.transform((value) => String(value)),
  );

/** Text that a pattern matches. */
export const text = (meaning: string, pattern: RegExp): v.GenericSchema<string, string> =>
  v.pipe(v.string(`expected ${meaning}`), v.regex(pattern, `expected ${meaning}`));

/** A name that stands in headers and in Redis. */
export const name: v.GenericSchema<string, string> = text("1 to 64 of A-Z a-z 0-9 . _ -", /^[A-Za-z0-9._-]{1,64}$/);

/** A whole number in a range. */
export const wholeNumber = (least: number, most: number): v.GenericSchema<string | number, number> => {
  const message = `expected a whole number from ${least} to ${most}`;
  return v.pipe(
    written(message),
    v.regex(/^\d{1,15}$/, message),
    v.transform(Number),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
};

const SECONDS = "expected a number of seconds, such as 60 or 0.5";

/** Seconds, given in milliseconds. */
export const seconds: v.GenericSchema<string | number, number> = v.pipe(
  written(SECONDS),
  v.regex(/^\d{1,9}(\.\d{1,3})?$/, SECONDS),
  v.transform((value) => Math.round(Number(value) * 1000)),
);

const KIB = 1024;
const UNIT_BYTES: Readonly<Record<string, number>> = { "": 1, KB: KIB, MB: KIB ** 2, GB: KIB ** 3 };

/** A number of bytes in a range, by itself or with a unit; a unit is 1024 of the one before, as for PostgreSQL and Redis. */
export const bytes = (least: number, most: number, range: string): v.GenericSchema<string | number, number> => {
  const message = `expected ${range}, as bytes or with a unit such as 8MB (KB, MB, GB)`;
  return v.pipe(
    written(message),
    v.regex(/^\d{1,15}([KMG]B)?$/i, message),
    v.transform((value) => Number.parseInt(value, 10) * (UNIT_BYTES[value.replace(/^\d+/, "").toUpperCase()] ?? 1)),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
};

const FLAG = "expected true or false";

/** Yes or no: as a word, or as JSON has it in a file. */
export const flag: v.GenericSchema<string | boolean, boolean> = v.pipe(
  v.union([v.string(), v.boolean()], FLAG),
  v.transform((value) => String(value)),
  v.picklist(["true", "false"], FLAG),
  v.transform((value) => value === "true"),
);

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RETENTION = "expected a time such as 24h (s, m, h, d), 0 for at once, or off";

/** An age in milliseconds; null: never. */
export const retention: v.GenericSchema<string | number, number | null> = v.pipe(
  written(RETENTION),
  v.regex(/^(off|0|\d{1,6}[smhd])$/, RETENTION),
  v.transform((value) => {
    if (value === "off") return null;
    const unit = (["s", "m", "h", "d"] as const).find((letter) => value.endsWith(letter));
    return unit === undefined ? 0 : Number.parseInt(value, 10) * UNIT_MS[unit];
  }),
);

/** Names between commas, where a comma in a name is matched by `?`; or an array of them. */
export const list: v.GenericSchema<string | string[], string[]> = v.union(
  [
    v.pipe(
      v.string(),
      v.transform((value) => value.split(",").map((each) => each.trim())),
    ),
    v.array(v.string()),
  ],
  "expected names between commas, or an array of them",
);

/** An object, as JSON text or as it is. `example` is one, as a fault shows it. */
export const jsonObject = (example: string): v.GenericSchema<unknown, Readonly<Record<string, unknown>>> => {
  const message = `expected a JSON object such as ${example}, no name in it twice`;
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      try {
        return typeof value === "string" ? parseStrictJson(value) : value;
      } catch {
        // Without the parser's message, which quotes what it was given.
        addIssue({ message });
        return NEVER;
      }
    }),
    v.custom<Readonly<Record<string, unknown>>>(isObject, message),
  );
};

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A setting that may be left out, with its line of `--help`. */
export const optional = <O>(
  schema: v.GenericSchema<unknown, O>,
  help: string,
): v.GenericSchema<unknown, O | undefined> => v.pipe(v.optional(schema), v.description(help));

/** A setting with a default, written as a user would, and its line of `--help`. */
export const withDefault = <O>(
  schema: v.GenericSchema<string | number | boolean, O>,
  help: string,
  value: string,
): v.GenericSchema<unknown, O> => v.pipe(v.optional(schema, value), v.description(`${help} (default: ${value})`));
