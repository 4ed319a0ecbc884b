import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/**
 * The browser opens nothing but a page of this machine, so it may run as root, and it must call
 * nobody.
 */
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
    include: ["packages/{merkle,proof,ledger}/src/**/*.test.ts"],
    testTimeout: 60_000,
    exclude: ["**/*.node.test.ts", "**/*.slow.test.ts"],
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
