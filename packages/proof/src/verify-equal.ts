import { memberPlace } from "./document.ts";
import { ProofError } from "./proof-error.ts";

/** Checks that a value is what it must be, member by member. Throws HEADER_MISMATCH at the first that is not. */
export function verifyEqual(actual: unknown, expected: unknown, place: string): void {
  const difference = firstDifference(actual, expected, place);
  if (difference !== undefined)
    throw new ProofError("HEADER_MISMATCH", difference, "expected what the rest of the document makes it");
}

/** Whether two JSON values are the same. */
export function equalValues(left: unknown, right: unknown): boolean {
  return firstDifference(left, right, "") === undefined;
}

/** The path of the first member in which two JSON values differ. */
function firstDifference(actual: unknown, expected: unknown, place: string): string | undefined {
  if (actual === expected) return undefined;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return place;
  if (Array.isArray(actual) !== Array.isArray(expected)) return place;
  const [left, right] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const at = memberPlace(place, Array.isArray(actual) ? Number(name) : name);
    const difference = firstDifference(left.get(name), right.get(name), at);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
