import { LosslessNumber, parse } from "lossless-json";
import { PoisonedEntry } from "./poison.ts";

/** A JSON value whose numbers are kept as they were written. */
export type Json = string | boolean | null | LosslessNumber | readonly Json[] | JsonObject;

/** A JSON object. Read it with `member`: a column may be called `__proto__` or `toString`. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Deeper than any row: an envelope, a row, six dimensions of an array. */
const MAX_DEPTH = 64;

/** Parses JSON without losing a digit. Throws PoisonedEntry: NOT_JSON, DUPLICATE_KEY or TOO_DEEP. */
export function parseJson(text: string): Json {
  if (depthOf(text) > MAX_DEPTH) throw new PoisonedEntry("TOO_DEEP");
  try {
    return parse(text, null, {
      parseNumber: (lexeme) => new LosslessNumber(lexeme),
      onDuplicateKey: () => {
        throw new PoisonedEntry("DUPLICATE_KEY");
      },
    }) as Json;
  } catch (error) {
    throw error instanceof PoisonedEntry ? error : new PoisonedEntry("NOT_JSON");
  }
}

/** An object's own member, undefined when it has none of this name. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

/** A number's lexeme, undefined for what is none. */
export function lexemeOf(value: Json | undefined): string | undefined {
  return value instanceof LosslessNumber ? value.value : undefined;
}

/** A whole number's digits, undefined for what is none. */
export function integerOf(value: Json | undefined): string | undefined {
  const lexeme = lexemeOf(value);
  return lexeme !== undefined && /^-?\d{1,40}$/.test(lexeme) && lexeme !== "-0" ? lexeme : undefined;
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return deepest;
}

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(index - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}
