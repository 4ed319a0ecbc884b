import * as v from "valibot";
import { parseStrictJson } from "./parse-strict-json.ts";

/** A JSON object, as text or already parsed. A message shows `example`. */
export const jsonObject = (example: string): v.GenericSchema<unknown, Readonly<Record<string, unknown>>> => {
  const message = `expected a JSON object such as ${example}, without duplicate names`;
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      try {
        return typeof value === "string" ? parseStrictJson(value) : value;
      } catch {
        // The parser's own message quotes its input, which may hold a secret.
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
