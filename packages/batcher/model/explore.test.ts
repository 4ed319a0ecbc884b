import { expect, test } from "vitest";
import { ENDLESS, explore, STUCK } from "./explore.ts";
import type { Model } from "./explore.ts";

/** Counts up to 4 by one or by two. */
const counting: Model<number> = {
  initial: 0,
  next: (state) =>
    [1, 2].filter((more) => state + more <= 4).map((more) => ({ name: `add ${more}`, to: state + more })),
  encode: String,
  invariants: {},
  stepInvariants: {},
  isGoodEnd: (state) => state === 4,
};

test("visits every state once and every step", () => {
  const { states, transitions, depth, ends, names, violation } = explore(counting);
  expect({ states, transitions, depth, ends, violation }).toEqual({
    states: 5,
    transitions: 7,
    depth: 2,
    ends: 1,
    violation: undefined,
  });
  expect([...names]).toEqual(["add 1", "add 2"]);
});

test("gives the shortest way to a broken invariant", () => {
  const { violation } = explore({ ...counting, invariants: { small: (state) => state < 3 } });
  expect(violation).toEqual({ broken: "small", trace: ["add 1", "add 2"] });
});

test("holds the initial state to the invariants too", () => {
  const { violation } = explore({ ...counting, invariants: { positive: (state) => state > 0 } });
  expect(violation).toEqual({ broken: "positive", trace: [] });
});

test("gives the shortest way to a step that is not allowed", () => {
  const { violation } = explore({ ...counting, stepInvariants: { "by one": (from, to) => to === from + 1 } });
  expect(violation).toEqual({ broken: "by one", trace: ["add 2"] });
});

test("refuses an end that is not good", () => {
  const { violation } = explore({ ...counting, isGoodEnd: () => false });
  expect(violation).toEqual({ broken: STUCK, trace: ["add 2", "add 2"] });
});

test("counts on no optional step", () => {
  const next: typeof counting.next = (state) =>
    counting.next(state).map((step) => (state === 3 ? { ...step, optional: true } : step));
  expect(explore({ ...counting, next }).violation).toEqual({ broken: STUCK, trace: ["add 1", "add 2"] });
});

test("refuses a circle, and none before it or behind it", () => {
  const next: typeof counting.next = (state) =>
    state === 3 ? [...counting.next(state), { name: "go back", to: 2 }] : counting.next(state);
  expect(explore({ ...counting, next }).violation).toEqual({ broken: ENDLESS, trace: ["add 2"] });
});

test("refuses a model that gives other steps when asked again", () => {
  let asked = 0;
  const next: typeof counting.next = (state) => (asked++ < 2 ? counting.next(state) : []);
  expect(() => explore({ ...counting, next, invariants: { small: (state) => state < 3 } })).toThrow("not pure");
});
