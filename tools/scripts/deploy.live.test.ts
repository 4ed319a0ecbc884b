import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./run-example.ts";

test.for([
  ["check", "config", "prometheus.yaml"],
  ["check", "rules", "alerts.yaml"],
  ["test", "rules", "alerts.test.yaml"],
])("promtool %s %s %s", (args) => {
  const output = execFileSync("promtool", args, { cwd: `${ROOT}/deploy/prometheus`, encoding: "utf8" });
  expect(output).toContain("SUCCESS");
});
