import * as v from "valibot";

const MAX_LENGTH = 256;
const POSITION = /^(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*)){0,3}$/;

/** A position: one to four decimal numbers joined by `-`, at most 256 characters. Redis writes `milliseconds-sequence`. */
export const positionSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.maxLength(MAX_LENGTH),
  v.regex(POSITION),
);

/** Whether `id` is a position in the form that can be compared and recorded. */
export function isPosition(id: unknown): id is string {
  return typeof id === "string" && id.length <= MAX_LENGTH && POSITION.test(id);
}

/** Negative when `a` comes before `b`, zero when they are equal, positive when it comes after. Requires two positions. */
export function comparePositions(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  // They first differ here, in a number that begins at one place in both. Without leading zeros, more digits are more.
  const digits = numberEnd(a, at) - numberEnd(b, at);
  if (digits !== 0) return digits;
  // As many digits compare as text; none are left where one position ends and the other goes on.
  return at < a.length && at < b.length ? a.charCodeAt(at) - b.charCodeAt(at) : a.length - b.length;
}

function numberEnd(position: string, at: number): number {
  const end = position.indexOf("-", at);
  return end === -1 ? position.length : end;
}
