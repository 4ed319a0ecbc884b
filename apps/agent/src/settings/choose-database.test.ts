import { expect, test } from "vitest";
import { ORG } from "../fixtures/parse-environment.ts";
import { chooseDatabase } from "./choose-database.ts";
import { parseSettings } from "./settings.ts";

const FILE = { ...ORG, ETRAP_DATABASES_FILE: "databases.json" };
const ERP = { stream_pattern: "erp.public.*" };
const CRM = { stream_pattern: "crm.public.*" };

test("chooses the database that is named, or the only one", () => {
  const settings = parseSettings(FILE, () => JSON.stringify({ erp: ERP, crm: CRM }));
  expect(chooseDatabase(settings, "crm").streamPattern).toBe("crm.public.*");
  expect(() => chooseDatabase(settings, undefined)).toThrow(/--database erp, crm/);
  expect(() => chooseDatabase(settings, "hr")).toThrow(/got --database hr/);
  const single = parseSettings(FILE, () => JSON.stringify({ erp: ERP }));
  expect(chooseDatabase(single, undefined).name).toBe("erp");
  expect(() => chooseDatabase(single, "hr")).toThrow(/expected one database/);
});

test("chooses the database of the environment under any name", () => {
  const settings = parseSettings({ ...ORG, ETRAP_DATABASE: "erp" });
  expect(chooseDatabase(settings, undefined).name).toBe("erp");
  expect(chooseDatabase(settings, "crm").name).toBe("crm");
  expect(() => chooseDatabase(settings, "")).toThrow(/1 to 63 characters/);
});
