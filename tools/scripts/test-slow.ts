/**
 * `pnpm test:slow`: the tests `*.slow.test.ts`, which repeat what others do once, thousands of
 * times. Arguments go to vitest.
 */
import { ensurePrograms, OPENSSL, PYTHON, REDIS } from "./ensure-programs.ts";
import { runVitest } from "./run-vitest.ts";

process.exitCode = ensurePrograms(REDIS, PYTHON, OPENSSL) && runVitest({ report: "test-slow", kind: "slow" }) ? 0 : 1;
