/** `pnpm test`: every test. Finds or installs the servers they need. Arguments go to vitest. */
import { ensurePython, ensureRedis } from "./ensure-program.ts";
import { runStep } from "./run-step.ts";

process.exitCode = ensureRedis() && ensurePython() && runStep("vitest", ["run", ...process.argv.slice(2)]) ? 0 : 1;
