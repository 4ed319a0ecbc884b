import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/json.ts", "src/write.ts"],
  format: "esm",
  target: "es2024",
  clean: true,
  sourcemap: true,
});
