import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

test("many", { timeout: 600_000 }, async () => {
  const start = performance.now();
  const seeds = Number(process.env["SEEDS"] ?? 50);
  let calls = 0;
  const totals = new Map<string, number>();
  for (let seed = Number(process.env["FIRST"] ?? 0); seed < seeds; seed += 1) {
    const { violations, trace, events } = await simulate({ seed });
    calls += trace.length;
    for (const [type, count] of events) totals.set(type, (totals.get(type) ?? 0) + count);
    if (violations.length > 0) {
      console.log(seed, violations);
      break;
    }
  }
  console.log(calls, (performance.now() - start) / seeds, totals);
  expect(1).toBe(1);
});
