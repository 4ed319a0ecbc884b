import { expect, test } from "vitest";
import { bytesToHex } from "./digest.ts";
import { createSalts } from "./salts.ts";

test("returns the generator's bytes, 16 at a time, each once and in order", () => {
  const given: string[] = [];
  const salt = createSalts((length) => {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    given.push(bytesToHex(bytes));
    return bytes;
  });
  const salts = Array.from({ length: 1_000 }, salt);
  expect(given.join("").startsWith(salts.join(""))).toBe(true);
  expect(salts.every((each) => /^[0-9a-f]{32}$/.test(each))).toBe(true);
  expect(new Set(salts).size).toBe(1_000);
});

test("calls no generator before the first salt, and uses the platform's by default", () => {
  let asked = 0;
  createSalts((length) => {
    asked += 1;
    return new Uint8Array(length);
  });
  expect(asked).toBe(0);
  const [one, other] = [createSalts(), createSalts()];
  expect(one()).not.toBe(other());
});

test("refuses a generator that returns fewer bytes than requested", () => {
  expect(createSalts(() => new Uint8Array(16))).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
});
