import * as v from "valibot";

/** A position: one to four decimal numbers joined by `-`, at most 256 characters. Redis writes `milliseconds-sequence`. */
export const positionSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(/^(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*)){0,3}$/),
);

/** Whether `id` is a position in the form that can be compared and recorded. */
export function isPosition(id: string): boolean {
  return v.is(positionSchema, id);
}

/** Negative when `a` comes before `b`, zero when they are equal, positive when it comes after. Requires two positions. */
export function comparePositions(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.split("-");
  const right = b.split("-");
  for (const [index, number] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    // Without leading zeros, more digits are more, and equal lengths compare as text.
    if (number !== other) return number.length - other.length || (number < other ? -1 : 1);
  }
  return -1;
}
