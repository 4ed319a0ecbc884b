import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@etrap/source", "node"] } },
  // A busy machine is slow. A test that hangs is still found.
  test: { testTimeout: 60_000 },
});
