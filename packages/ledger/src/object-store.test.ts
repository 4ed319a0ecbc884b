import { describe, expect, test } from "vitest";
import { isKeySegment, isObjectKey } from "./object-store.ts";

describe("isKeySegment", () => {
  test.each(["a", "A-z_0.9~%E6", "...", ".a", "a.", "~", "%2E%2E"])("accepts %j", (segment) => {
    expect(isKeySegment(segment)).toBe(true);
  });

  test.each(["", ".", "..", "a/b", "a b", "a\\b", "é", "a\n", "a\u0000", "a+b", "a*"])("refuses %j", (segment) => {
    expect(isKeySegment(segment)).toBe(false);
  });
});

describe("isObjectKey", () => {
  test.each(["a", "a/b", "erp/~/chain/000000000000.json", ".etrap/sources/erp.json"])("accepts %j", (key) => {
    expect(isObjectKey(key)).toBe(true);
  });

  test.each(["", "/", "/a", "a/", "a//b", "a/../b", "./a", "a/.", "a/b c"])("refuses %j", (key) => {
    expect(isObjectKey(key)).toBe(false);
  });
});
