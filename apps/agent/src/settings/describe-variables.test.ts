import { expect, test } from "vitest";
import { describeVariables } from "./describe-variables.ts";

test("names every variable with its default", () => {
  const help = describeVariables("run");
  for (const variable of ["ETRAP_ORG_ID", "ETRAP_BATCH_SIZE", "ETRAP_FORCE_IMMEDIATE", "REDIS_PASSWORD"])
    expect(help).toMatch(new RegExp(`^  ${variable} +[^ ]`, "m"));
  expect(help).toContain("(default: 1000)");
});

test("names for a replay only the variables that it uses", () => {
  const help = describeVariables("replay");
  for (const variable of [
    "ETRAP_ORG_ID",
    "ETRAP_BATCH_SIZE",
    "ETRAP_TABLES_FILE",
    "ETRAP_DRAIN_TIMEOUT",
    "ETRAP_DEBUG",
  ])
    expect(help).toContain(`${variable} `);
  for (const unused of ["REDIS_", "CONSUMER", "LEASE", "STREAM"])
    expect(help).not.toMatch(new RegExp(`^ +\\w*${unused}`, "m"));
});
