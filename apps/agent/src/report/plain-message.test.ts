import { ProofError } from "@etrap/proof";
import { expect, test } from "vitest";
import { plainMessage } from "./plain-message.ts";

test.each([
  ["check", "expected a value that the format allows"],
  ["safe_integer", "expected a whole number below 2⁵³"],
  ["(string | null)", "expected text or null"],
  ['("INSERT" | "UPDATE")', 'expected "INSERT" or "UPDATE"'],
  [">=1", "expected at least 1, by value or length"],
  ["/^[0-9a-f]{64}$/", "expected text of the form /^[0-9a-f]{64}$/"],
  ["never", "expected no member of this name"],
  ["JSON; is the file cut off?", "expected JSON; is the file cut off?"],
])("writes %s of the parser as plain English", (raw, plain) => {
  const error = new ProofError("MALFORMED_DOCUMENT", `expected ${raw}`, { place: "proof.record.position" });
  expect(plainMessage(error)).toBe(`proof.record.position: ${plain}`);
});

test("leaves the messages of other errors as they are", () => {
  const error = new ProofError("ROOT_MISMATCH", "expected check", { place: "record" });
  expect(plainMessage(error)).toBe("record: expected check");
});
