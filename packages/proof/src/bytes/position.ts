import * as v from "valibot";

const MAX_LENGTH = 256;
const POSITION = /^(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*)){0,3}$/;

/**
 * A position: one to four decimal numbers joined by `-`, at most 256 characters. Redis writes
 * `milliseconds-sequence`.
 */
export const positionSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.maxLength(MAX_LENGTH),
  v.regex(POSITION),
);

/** Whether `id` is a position that can be compared and recorded. */
export function isPosition(id: unknown): id is string {
  return typeof id === "string" && id.length <= MAX_LENGTH && POSITION.test(id);
}

/**
 * Compares two positions number by number. Returns a negative number if `a` comes before `b`, zero
 * if they are equal, a positive number if `a` comes after `b`. Requires two positions.
 */
export function comparePositions(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  // The positions first differ at `at`, inside numbers that begin at the same place. Numbers have
  // no leading zeros, so the one with more digits is larger.
  const digits = numberEnd(a, at) - numberEnd(b, at);
  if (digits !== 0) return digits;
  // Numbers of equal length compare as text. If one position ends here, the shorter comes first.
  return at < a.length && at < b.length ? a.charCodeAt(at) - b.charCodeAt(at) : a.length - b.length;
}

function numberEnd(position: string, at: number): number {
  const end = position.indexOf("-", at);
  return end === -1 ? position.length : end;
}
