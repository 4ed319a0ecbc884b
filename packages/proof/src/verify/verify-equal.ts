import { joinPlace } from "../format/document.ts";
import { ProofError } from "../proof-error.ts";

/**
 * Checks that a value equals the one that follows from the rest of the document. Throws
 * HEADER_MISMATCH at the first member that differs.
 */
export function verifyEqual(actual: unknown, expected: unknown, place: string): void {
  const difference = firstDifference(actual, expected, place);
  if (difference !== undefined) {
    const message = "expected the value that follows from the other members, got another";
    throw new ProofError("HEADER_MISMATCH", message, { place: difference });
  }
}

/** Whether two JSON values are equal. */
export function equalValues(left: unknown, right: unknown): boolean {
  return firstDifference(left, right, "") === undefined;
}

/** Returns the path of the first member that differs, or undefined if the values are equal. */
function firstDifference(actual: unknown, expected: unknown, place: string): string | undefined {
  if (actual === expected) return undefined;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return place;
  if (Array.isArray(actual) !== Array.isArray(expected)) return place;
  const [left, right] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const at = joinPlace(place, Array.isArray(actual) ? Number(name) : name);
    const difference = firstDifference(left.get(name), right.get(name), at);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
