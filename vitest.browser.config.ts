import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM } from "./scripts/ensure-program.ts";

/** A page on this machine is all that the browser opens: it runs as root in CI, and asks nobody anything. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

export default defineConfig({
  resolve: { conditions: ["@etrap/source", "module", "browser", "development|production"] },
  test: {
    include: ["packages/{merkle,proof}/src/**/*.test.ts"],
    testTimeout: 60_000,
    // What needs Node says so in its name.
    exclude: ["**/*.node.test.ts"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: CHROMIUM, args: ARGS } }),
      instances: [{ browser: "chromium" }],
    },
    reporters: ["default", "json"],
    outputFile: { json: ".reports/test-browser.json" },
  },
});
