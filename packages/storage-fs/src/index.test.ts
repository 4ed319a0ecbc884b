import { expect, test } from "vitest";
import * as exported from "./index.ts";

test("the export list is exactly this", () => {
  expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
    [
      "FsStoreError",
      "openFsStore",
    ]
  `);
});
