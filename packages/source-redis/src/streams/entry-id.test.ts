import { expect, test } from "vitest";
import { compareEntryIds, nextEntryId } from "./entry-id.ts";

test.each([
  ["0-0", "0-1"],
  ["5-9", "5-10"],
  ["5-18446744073709551615", "6-0"],
])("the id directly after %s is %s", (id, next) => {
  expect(nextEntryId(id)).toBe(next);
  expect(compareEntryIds(id, next)).toBeLessThan(0);
  expect(compareEntryIds(next, id)).toBeGreaterThan(0);
});
