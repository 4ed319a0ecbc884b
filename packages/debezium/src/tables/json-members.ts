import { DebeziumError } from "../debezium-error.ts";

/**
 * A value of the description, and its place there for messages, such as `tables.public.account`.
 */
export interface Placed {
  readonly place: string;
  readonly value: unknown;
}

/**
 * Returns the members of an object. Throws BAD_TABLE_DESCRIPTIONS if the value is not an object, or
 * if it has a member whose name is not in `known`, where that is given.
 */
export function membersOf({ place, value }: Placed, known?: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unexpected({ place, value }, "an object");
  const unknown = Object.keys(value).find((name) => known !== undefined && !known.includes(name));
  if (unknown !== undefined) {
    throw refusal(`${place}.${unknown}: expected no member of this name, but only ${known?.join(", ")}`);
  }
  return new Map(Object.entries(value));
}

/** Returns the value if it is one of `choices`. Throws BAD_TABLE_DESCRIPTIONS if it is not. */
export function oneOf<T extends string>(placed: Placed, choices: readonly T[]): T {
  const choice = choices.find((each) => each === placed.value);
  if (choice === undefined) throw unexpected(placed, `one of ${choices.join(", ")}`);
  return choice;
}

/** Creates the error for a value other than the expected one. */
export function unexpected({ place, value }: Placed, expected: string): DebeziumError {
  return refusal(`${place}: expected ${expected}, got ${describe(value)}`);
}

function refusal(message: string): DebeziumError {
  return new DebeziumError("BAD_TABLE_DESCRIPTIONS", message);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return value === null ? "null" : `a value of type ${typeof value}`;
}
