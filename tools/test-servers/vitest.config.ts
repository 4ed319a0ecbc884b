import { defineConfig } from "vitest/config";

// For a machine that does other things besides; a test that hangs is found all the same.
export default defineConfig({ test: { name: "test-servers", testTimeout: 60_000 } });
