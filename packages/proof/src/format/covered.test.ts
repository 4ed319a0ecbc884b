import fc from "fast-check";
import { expect, test } from "vitest";
import { beginsEpoch, epochFor, epochsCovering, extendCovered, coversUpTo } from "./covered.ts";
import type { Covered, EpochRange } from "./covered.ts";
import { MAX_COVERED_RANGES } from "./header.ts";
import { sampleHeader, sampleRow } from "../fixtures/sample-batch.ts";

/**
 * Ranges of one stream as a writer adds them: each begins after the one before, or begins a new
 * epoch.
 */
const history = fc.array(fc.tuple(fc.nat(200), fc.nat(20)), { minLength: 1, maxLength: 60 }).map((steps) => {
  let covered: Covered = {};
  const ranges: EpochRange[] = [];
  for (const [first, length] of steps) {
    const range = {
      stream: "s",
      epoch: epochFor(covered, "s", `${first}`),
      first: `${first}`,
      last: `${first + length}`,
    };
    covered = extendCovered(covered, range);
    ranges.push(range);
  }
  return { covered, ranges };
});

test("epochsCovering includes the epoch in which a position was recorded", () => {
  fc.assert(
    fc.property(history, ({ covered, ranges }) => {
      for (const { epoch, first, last } of ranges) {
        expect(epochsCovering(covered, "s", first)).toContain(epoch);
        expect(epochsCovering(covered, "s", last)).toContain(epoch);
      }
    }),
  );
});

test("a range that is a merger of several stands for every epoch down to 0", () => {
  const EPOCHS = MAX_COVERED_RANGES + 4;
  let covered: Covered = {};
  // A carrier that was rebuilt again and again, each time with the same positions.
  for (let epoch = 0; epoch < EPOCHS; epoch += 1)
    covered = extendCovered(covered, { stream: "s", epoch, first: "1", last: "9" });
  expect(covered["s"]).toHaveLength(MAX_COVERED_RANGES);
  const all = Array.from({ length: EPOCHS }, (_, index) => EPOCHS - 1 - index);
  expect(epochsCovering(covered, "s", "5")).toEqual(all);
  expect(epochsCovering(covered, "s", "10")).toEqual([]);
});

test("a header lists a bounded number of ranges of one stream and merges the oldest", () => {
  fc.assert(
    fc.property(history, ({ covered, ranges }) => {
      expect(covered["s"]?.length).toBeLessThanOrEqual(MAX_COVERED_RANGES);
      expect(covered["s"]?.at(-1)?.[0]).toBe(ranges.at(-1)?.epoch);
    }),
  );
});

test("a merged range stands for every epoch in it, so that a redelivery is looked for in each", () => {
  let covered: Covered = {};
  for (let epoch = 0; epoch < MAX_COVERED_RANGES + 3; epoch += 1) {
    covered = extendCovered(covered, { stream: "s", epoch, first: `${10 * epoch}`, last: `${10 * epoch + 9}` });
  }
  expect(covered["s"]?.[0]).toEqual([3, "0", "39"]);
  for (const position of ["0", "15", "39"]) expect(epochsCovering(covered, "s", position)).toEqual([3, 2, 1, 0]);
  expect(epochsCovering(covered, "s", "40")).toEqual([4]);
  // A range that was never merged is treated alike while it is the oldest.
  expect(epochsCovering({ s: [[2, "0", "9"]] }, "s", "5")).toEqual([2, 1, 0]);
});

test("positions increase within an epoch", () => {
  fc.assert(
    fc.property(history, ({ ranges }) => {
      for (const [index, range] of ranges.entries()) {
        const before = ranges[index - 1];
        if (before?.epoch === range.epoch) expect(Number(range.first)).toBeGreaterThan(Number(before.last));
      }
    }),
  );
});

test("a chain covers up to a position from the batch that holds it onwards", () => {
  fc.assert(
    fc.property(history, ({ ranges }) => {
      const steps: Covered[] = [{}];
      for (const range of ranges) steps.push(extendCovered(steps.at(-1) ?? {}, range));
      for (const [index, { epoch, last }] of ranges.entries()) {
        const reached = steps.map((covered) => coversUpTo(covered, { stream: "s", epoch, position: last }));
        expect(reached.indexOf(true)).toBe(index + 1);
        expect(reached.slice(index + 1)).not.toContain(false);
      }
    }),
  );
});

test("a batch begins an epoch if it is the first of an epoch after 0", () => {
  const header = sampleHeader([sampleRow(0)]);
  fc.assert(
    fc.property(history, ({ ranges }) => {
      let covered: Covered = {};
      for (const [index, range] of ranges.entries()) {
        covered = extendCovered(covered, range);
        const { stream, epoch, first: first_position } = range;
        const before = ranges[index - 1]?.epoch ?? 0;
        expect(beginsEpoch({ ...header, covered, stream, epoch, first_position })).toBe(epoch > before);
      }
    }),
  );
});

test("streams are kept apart, under any names", () => {
  const range = { epoch: 0, first: "1", last: "5" };
  const covered = extendCovered(extendCovered({}, { stream: "__proto__", ...range }), {
    stream: "other",
    ...range,
  });
  expect(epochsCovering(covered, "__proto__", "3")).toEqual([0]);
  expect(epochsCovering(covered, "constructor", "3")).toEqual([]);
  expect(epochsCovering(covered, "other", "6")).toEqual([]);
});
