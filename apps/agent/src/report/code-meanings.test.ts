import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { textOfOmission, textOfReason } from "./code-meanings.ts";

const DEBEZIUM = resolve(import.meta.dirname, "../../../../packages/debezium/src");

/** Returns the members of a union of codes in a source file of the decoder. */
function codesOf(file: string, union: string): string[] {
  const [, members = ""] =
    new RegExp(`type ${union} =([^;]*);`).exec(readFileSync(resolve(DEBEZIUM, file), "utf8")) ?? [];
  return Array.from(members.matchAll(/"([A-Z_0-9]+)"/g), ([, code = ""]) => code);
}

test("every omission code has a meaning", () => {
  const codes = codesOf("values/omission.ts", "OmissionCode");
  expect(codes).toContain("LOSSY_TYPE");
  for (const code of [...codes, "EXCLUDED"]) expect(textOfOmission(code)).toMatch(/^[A-Z_]+: [a-zD]/);
});

test("every reason of poison and gaps has a meaning", () => {
  const codes = codesOf("message/poison.ts", "PoisonReason");
  expect(codes).toContain("NOT_JSON");
  for (const code of [...codes, "NOT_RECORDABLE", "TRIMMED_UNREAD"])
    expect(textOfReason(code)).toMatch(/^[A-Z0-9_]+: [a-z]/);
});

test("a code that is not known is shown alone", () => {
  expect([textOfOmission("constructor"), textOfReason("NEW_CODE")]).toEqual(["constructor", "NEW_CODE"]);
});
