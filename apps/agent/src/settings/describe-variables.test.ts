import { expect, test } from "vitest";
import { describeVariables } from "./describe-variables.ts";

test("names every variable with its default", () => {
  const help = describeVariables();
  for (const variable of ["ETRAP_ORG_ID", "ETRAP_BATCH_SIZE", "ETRAP_FORCE_IMMEDIATE", "REDIS_PASSWORD"])
    expect(help).toMatch(new RegExp(`^  ${variable} +[^ ]`, "m"));
  expect(help).toContain("(default: 1000)");
});
