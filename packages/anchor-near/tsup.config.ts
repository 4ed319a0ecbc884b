import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/reader.ts"],
  format: "esm",
  target: "es2024",
  clean: true,
  sourcemap: true,
});
