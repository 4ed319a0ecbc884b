/** `pnpm test:browser`: the tests of the packages that run in a page, in a page. Finds or installs a Chromium. Arguments go to vitest. */
import { ensureChromium } from "./ensure-program.ts";
import { runStep } from "./run-step.ts";

const args = ["run", "--config=vitest.browser.config.ts", ...process.argv.slice(2)];
process.exitCode = ensureChromium() && runStep("vitest", args) ? 0 : 1;
