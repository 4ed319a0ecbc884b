/** `pnpm test`: every test but the slow ones. Arguments go to vitest. */
import { ensurePrograms, OPENSSL, PYTHON, REDIS } from "./ensure-programs.ts";
import { runVitest } from "./run-vitest.ts";

process.exitCode = ensurePrograms(REDIS, PYTHON, OPENSSL) && runVitest({ report: "test" }) ? 0 : 1;
