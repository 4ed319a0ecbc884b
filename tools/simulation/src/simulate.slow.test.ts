import { expect, test } from "vitest";
import { faultAt } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { QUIET } from "./quiet.ts";
import { simulate } from "./simulate.ts";

const OUTCOMES = ["error", "hang", "rush"] as const;

test.each(OUTCOMES.flatMap((outcome) => [true, false].map((applied): Fault => ({ outcome, applied }))))(
  "one fault at every call, each by itself, loses and doubles nothing: %o",
  { timeout: 120_000 },
  async (fault) => {
    const { trace } = await simulate({ ...QUIET, faults: { faultOf: () => undefined } });
    for (let call = 1; call <= trace.length; call += 1) {
      const { violations } = await simulate({ ...QUIET, faults: faultAt(call, fault) });
      expect(violations, `${trace[call - 1]}`).toEqual([]);
    }
  },
);

test("a hundred seeds of random faults lose, double and forge no change", { timeout: 120_000 }, async () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const { violations } = await simulate({ seed });
    expect(violations, `seed ${seed}`).toEqual([]);
  }
});
