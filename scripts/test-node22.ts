/** `pnpm test:node22`: every test, on the oldest line of Node that we support. Arguments go to vitest. */
import { dirname, resolve } from "node:path";
import { ensurePython, ensureRedis } from "./ensure-program.ts";
import { runStep } from "./run-step.ts";

const NODE_22 = resolve("node_modules/node22/bin/node");
// Not by `node_modules/.bin`: what stands there runs on the Node beside it. The PATH is for processes that tests start.
process.env["PATH"] = `${dirname(NODE_22)}:${process.env["PATH"]}`;
const args = ["node_modules/vitest/vitest.mjs", "run", "--outputFile.json=.reports/test-node22.json"];
process.exitCode = ensureRedis() && ensurePython() && runStep(NODE_22, [...args, ...process.argv.slice(2)]) ? 0 : 1;
