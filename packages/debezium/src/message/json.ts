import { parseLosslessJson } from "@etrap/proof/json";
import { PoisonedEntry } from "./poison.ts";

/** A number as it was written. */
class JsonNumber {
  readonly lexeme: string;

  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }
}

/** A JSON value whose numbers are kept as they were written. */
export type Json = string | boolean | null | JsonNumber | readonly Json[] | JsonObject;

/** A JSON object. Read it with `member`: a column may be called `__proto__` or `toString`. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * Parses JSON without losing a digit. Throws PoisonedEntry with NOT_JSON, DUPLICATE_KEY or
 * TOO_DEEP.
 */
export function parseJson(text: string): Json {
  try {
    return parseLosslessJson(text, { parseNumber, onDuplicate }) as Json;
  } catch (error) {
    if (error instanceof PoisonedEntry) throw error;
    throw new PoisonedEntry(error instanceof RangeError ? "TOO_DEEP" : "NOT_JSON");
  }
}

function parseNumber(lexeme: string): JsonNumber {
  return new JsonNumber(lexeme);
}

function onDuplicate(earlier: unknown, later: unknown): void {
  if (!isSameJson(earlier, later)) throw new PoisonedEntry("DUPLICATE_KEY");
}

/** Whether two values were written with the same texts, numbers and names, in the same order. */
export function isSameJson(left: unknown, right: unknown): boolean {
  // A bare 0 stands in no value here, so it marks a number.
  const mark = (_: string, value: unknown): unknown => (value instanceof JsonNumber ? [0, value.lexeme] : value);
  return JSON.stringify(left, mark) === JSON.stringify(right, mark);
}

/** Returns an object's own member, or undefined if it has none with this name. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** Returns a string that is not empty, or undefined for any other value. */
export function nonEmptyText(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns a number as it was written, or undefined for any other value. */
export function lexemeOf(value: Json | undefined): string | undefined {
  return value instanceof JsonNumber ? value.lexeme : undefined;
}

/** Returns the digits of an integer with its sign, or undefined for any other value. */
export function integerOf(value: Json | undefined): string | undefined {
  const lexeme = lexemeOf(value);
  return lexeme !== undefined && /^-?\d{1,40}$/.test(lexeme) && lexeme !== "-0" ? lexeme : undefined;
}

/** Returns the digits of an integer ≥ 0, or null for any other value. */
export function nonNegativeOf(value: Json | undefined): string | null {
  const digits = integerOf(value);
  return digits === undefined || digits.startsWith("-") ? null : digits;
}

/** Returns an integer, or undefined for any other value. */
export function bigintOf(value: Json | undefined): bigint | undefined {
  const digits = integerOf(value);
  return digits === undefined ? undefined : BigInt(digits);
}

/** Returns a safe integer, or undefined for any other value. */
export function safeIntegerOf(value: Json | undefined): number | undefined {
  const integer = Number(integerOf(value) ?? Number.NaN);
  return Number.isSafeInteger(integer) ? integer : undefined;
}
