import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@etrap/source", "node"] } },
  // Its tests start processes.
  test: { testTimeout: 30_000 },
});
