import { expect, test } from "vitest";
import * as exported from "./index.ts";

test("exports exactly the public names", () => {
  expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
    [
      "DebeziumError",
      "createDecoder",
      "parseTableDescriptions",
    ]
  `);
});
