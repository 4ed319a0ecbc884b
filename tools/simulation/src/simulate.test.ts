import { describe, expect, test } from "vitest";
import { faultAt, rushOf } from "./faults.ts";
import { QUIET } from "./quiet.ts";
import { simulate } from "./simulate.ts";

describe("one fault", () => {
  test.each([true, false])(
    "a crash at every call, each by itself, loses and doubles nothing: applied %o",
    async (applied) => {
      const { trace } = await simulate({ ...QUIET, faults: { faultOf: () => undefined } });
      for (const call of ["pull", "commit", "get", "list", "create", "head", "publish"])
        expect(trace.some((line) => line.includes(` ${call}`))).toBe(true);
      for (let call = 1; call <= trace.length; call += 1) {
        const { violations } = await simulate({ ...QUIET, faults: faultAt(call, { outcome: "crash", applied }) });
        expect(violations, `${trace[call - 1]}`).toEqual([]);
      }
    },
  );
});

describe("calls that settle at once", () => {
  const PORTS = ["source", "store", "anchor"] as const;

  test.each(PORTS.flatMap((port) => [true, false].map((applied) => ({ port, applied }))))(
    "without a turn of the event loop, from any call on, starve and lose nothing: %o",
    async ({ port, applied }) => {
      for (const from of [1, 10, 30, 60]) {
        const faults = rushOf({ port, from, count: 3_000, applied });
        const { trace, violations } = await simulate({ ...QUIET, faults });
        expect(violations, `from call ${from}`).toEqual([]);
        expect(from > 1 || trace.some((line) => line.endsWith(` rush ${applied}`))).toBe(true);
      }
    },
  );
});

describe("many random faults", () => {
  test("five seeds lose, double and forge no change", async () => {
    for (let seed = 0; seed < 5; seed += 1) {
      const { violations } = await simulate({ seed });
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  });

  test("are the same again for the same seed, step by step", async () => {
    for (const seed of [1, 2, 3]) expect(await simulate({ seed })).toEqual(await simulate({ seed }));
  });

  test("are others for another seed", async () => {
    expect((await simulate({ seed: 1 })).trace).not.toEqual((await simulate({ seed: 2 })).trace);
  });
});
