import { expect, test } from "vitest";
import * as exported from "./index.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
    [
      "BatcherError",
      "DEFAULT_ANCHOR_POLICY",
      "DEFAULT_POLICY",
      "anchorStored",
      "createBatcher",
      "optionProblems",
      "systemClock",
    ]
  `);
});
