import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "examples/*", "testdata", "scripts", "reports"],
    reporters: ["default", "json"],
    outputFile: { json: ".reports/test.json" },
  },
});
