import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@etrap/source", "node"] } },
  // For a machine that does other things besides; a test that hangs is found all the same.
  test: { testTimeout: 60_000 },
});
