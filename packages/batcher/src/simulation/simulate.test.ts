import { describe, expect, test } from "vitest";
import { faultAt } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { QUIET } from "./quiet.ts";
import { simulate } from "./simulate.ts";

const OUTCOMES = ["crash", "error", "hang"] as const;

describe("one fault", () => {
  test.each(OUTCOMES.flatMap((outcome) => [true, false].map((applied): Fault => ({ outcome, applied }))))(
    "at every call, each by itself, loses and doubles nothing: %o",
    { timeout: 120_000 },
    async (fault) => {
      const { trace } = await simulate({ ...QUIET, faults: { faultOf: () => undefined } });
      for (const call of ["pull", "commit", "get", "list", "create", "head", "publish"])
        expect(trace.some((line) => line.includes(` ${call}`))).toBe(true);
      for (let call = 1; call <= trace.length; call += 1) {
        const { violations } = await simulate({ ...QUIET, faults: faultAt(call, fault) });
        expect(violations, `${trace[call - 1]}`).toEqual([]);
      }
    },
  );
});

describe("many faults", () => {
  test("of a hundred seeds, none finds a lost, doubled or forged change", { timeout: 120_000 }, async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const { violations } = await simulate({ seed });
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  });

  test("a seed gives the same simulation again, step by step", async () => {
    for (const seed of [1, 2, 3]) expect(await simulate({ seed })).toEqual(await simulate({ seed }));
  });

  test("other seeds give other simulations", async () => {
    expect((await simulate({ seed: 1 })).trace).not.toEqual((await simulate({ seed: 2 })).trace);
  });
});
