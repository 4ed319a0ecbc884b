import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { settingsSchema } from "./settings-schema.ts";

const FILE = resolve(import.meta.dirname, "../../schemas/etrap.schema.json");

test("the published schema is the one that the settings give", () => {
  const text = `${JSON.stringify(settingsSchema(), undefined, 2)}\n`;
  if (process.env["UPDATE_SCHEMAS"] === "1") writeFileSync(FILE, text);
  expect(readFileSync(FILE, "utf8")).toBe(text);
});

test("it names every setting but the secrets, each in its section", () => {
  const { properties } = settingsSchema() as { properties: Record<string, { properties?: object }> };
  expect(Object.keys(properties)).toEqual(
    expect.arrayContaining(["org_id", "batch_size", "health_port", "redis", "near", "s3", "databases"]),
  );
  expect(Object.keys(properties["redis"]?.properties ?? {})).toEqual(expect.arrayContaining(["host", "port"]));
  expect(JSON.stringify(properties)).not.toMatch(/"password"|"private_key"|"secret_access_key"/);
});
