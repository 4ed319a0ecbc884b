/** Simulates seeds from 0 on, and prints the first that breaks an invariant, as JSON. */
// Imported by its path, since its name leads to the installed package, which has no bug planted.
import { simulate } from "../../simulation/src/simulate.ts";

for (let seed = 0; seed < Number(process.argv[2]); seed += 1) {
  const { violations } = await simulate({ seed });
  if (violations.length === 0) continue;
  console.log(JSON.stringify({ seed, violations }));
  process.exit();
}
