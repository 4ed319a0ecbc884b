import fc from "fast-check";
import { expect, test } from "vitest";
import { beginsEpoch, epochFor, epochsCovering, extendCovered, reaches } from "./covered.ts";
import type { Covered, Stretch } from "./covered.ts";
import { MAX_COVERED_RANGES } from "./header.ts";
import { sampleHeader, sampleRow } from "./testing/sample-batch.ts";

/** Stretches of one stream as a writer makes them: each begins after the one before, or a new epoch. */
const history = fc.array(fc.tuple(fc.nat(200), fc.nat(20)), { minLength: 1, maxLength: 60 }).map((steps) => {
  let covered: Covered = {};
  const stretches: Stretch[] = [];
  for (const [first, length] of steps) {
    const stretch = {
      stream: "s",
      epoch: epochFor(covered, "s", `${first}`),
      first: `${first}`,
      last: `${first + length}`,
    };
    covered = extendCovered(covered, stretch);
    stretches.push(stretch);
  }
  return { covered, stretches };
});

test("every position that was recorded is looked for in the epoch it was recorded in", () => {
  fc.assert(
    fc.property(history, ({ covered, stretches }) => {
      for (const { epoch, first, last } of stretches) {
        expect(epochsCovering(covered, "s", first)).toContain(epoch);
        expect(epochsCovering(covered, "s", last)).toContain(epoch);
      }
    }),
  );
});

test("a header lists a bounded number of ranges of one stream, oldest merged", () => {
  fc.assert(
    fc.property(history, ({ covered, stretches }) => {
      expect(covered["s"]?.length).toBeLessThanOrEqual(MAX_COVERED_RANGES);
      expect(covered["s"]?.at(-1)?.[0]).toBe(stretches.at(-1)?.epoch);
    }),
  );
});

test("within an epoch positions increase", () => {
  fc.assert(
    fc.property(history, ({ stretches }) => {
      for (const [index, stretch] of stretches.entries()) {
        const before = stretches[index - 1];
        if (before?.epoch === stretch.epoch) expect(Number(stretch.first)).toBeGreaterThan(Number(before.last));
      }
    }),
  );
});

test("a chain reaches a point at the batch that holds it, and from there on", () => {
  fc.assert(
    fc.property(history, ({ stretches }) => {
      const steps: Covered[] = [{}];
      for (const stretch of stretches) steps.push(extendCovered(steps.at(-1) ?? {}, stretch));
      for (const [index, { epoch, last }] of stretches.entries()) {
        const reached = steps.map((covered) => reaches(covered, { stream: "s", epoch, position: last }));
        expect(reached.indexOf(true)).toBe(index + 1);
        expect(reached.slice(index + 1)).not.toContain(false);
      }
    }),
  );
});

test("a batch begins an epoch where it is the first of one that is not the first", () => {
  const header = sampleHeader([sampleRow(0)]);
  fc.assert(
    fc.property(history, ({ stretches }) => {
      let covered: Covered = {};
      for (const [index, stretch] of stretches.entries()) {
        covered = extendCovered(covered, stretch);
        const { stream, epoch, first: first_position } = stretch;
        const before = stretches[index - 1]?.epoch ?? 0;
        expect(beginsEpoch({ ...header, covered, stream, epoch, first_position })).toBe(epoch > before);
      }
    }),
  );
});

test("streams are kept apart, whatever their names", () => {
  const stretch = { epoch: 0, first: "1", last: "5" };
  const covered = extendCovered(extendCovered({}, { stream: "__proto__", ...stretch }), {
    stream: "other",
    ...stretch,
  });
  expect(epochsCovering(covered, "__proto__", "3")).toEqual([0]);
  expect(epochsCovering(covered, "constructor", "3")).toEqual([]);
  expect(epochsCovering(covered, "other", "6")).toEqual([]);
});
