/**
 * `pnpm test:node22`: the tests of `pnpm test` on the oldest Node that is supported. Arguments go
 * to vitest.
 */
import { dirname, resolve } from "node:path";
import { ensurePrograms, OPENSSL, PYTHON, REDIS } from "./ensure-programs.ts";
import { runVitest } from "./run-vitest.ts";

const NODE_22 = resolve("node_modules/node22/bin/node");
// Tests that start a `node` of the PATH must start this one too.
process.env["PATH"] = `${dirname(NODE_22)}:${process.env["PATH"]}`;
process.exitCode =
  ensurePrograms(REDIS, PYTHON, OPENSSL) && runVitest({ report: "test-node22", node: NODE_22 }) ? 0 : 1;
