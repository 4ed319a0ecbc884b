/** `pnpm test`: every test. Finds or installs the servers they need. Arguments go to vitest. */
import { ensureRedis } from "./ensure-program.ts";
import { runStep } from "./run-step.ts";

process.exitCode = ensureRedis() && runStep("vitest", ["run", ...process.argv.slice(2)]) ? 0 : 1;
