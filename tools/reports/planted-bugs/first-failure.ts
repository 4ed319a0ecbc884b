/**
 * Simulates seeds from 0 up to a number, and writes the first that breaks an invariant, as JSON.
 * Writes nothing when none does.
 */
// By its path: the name would lead to the installed package, which is not the one with the bug.
import { simulate } from "../../simulation/src/simulate.ts";

for (let seed = 0; seed < Number(process.argv[2]); seed += 1) {
  const { violations } = await simulate({ seed });
  if (violations.length === 0) continue;
  console.log(JSON.stringify({ seed, violations }));
  process.exit();
}
