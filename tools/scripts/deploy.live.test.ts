import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./run-example.ts";

const DEPLOY = join(ROOT, "deploy");

test.for([
  ["check", "config", "prometheus.yaml"],
  ["check", "rules", "alerts.yaml"],
  ["test", "rules", "alerts.test.yaml"],
])("promtool %s %s %s", (args) => {
  const output = execFileSync("promtool", args, { cwd: join(DEPLOY, "prometheus"), encoding: "utf8" });
  expect(output).toContain("SUCCESS");
});

test("systemd takes the service file", () => {
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", join(DEPLOY, "systemd/etrap.service")]);
  expect([status, stderr.toString()]).toEqual([0, ""]);
});

test("logrotate takes its file", () => {
  const { status, stderr } = spawnSync("logrotate", ["--debug", join(DEPLOY, "logrotate/etrap")]);
  const output = stderr.toString();
  expect([status, output]).toEqual([0, expect.stringMatching(/rotating pattern: \/var\/log\/etrap\/etrap\.log/)]);
  expect(output).not.toMatch(/^error:/m);
});
