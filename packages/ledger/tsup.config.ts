import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", "suites/index": "src/suites/index.ts", "testing/index": "src/testing/index.ts" },
  format: "esm",
  target: "es2024",
  clean: true,
  sourcemap: true,
});
