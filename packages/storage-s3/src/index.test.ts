import { expect, test } from "vitest";
import * as exported from "./index.ts";

test("the export list is exactly this", () => {
  expect(Object.keys(exported).toSorted()).toMatchInlineSnapshot(`
    [
      "S3StoreError",
      "createS3Store",
      "isBucketName",
      "parseS3Location",
      "prepareBucket",
      "s3ClientOptions",
    ]
  `);
});
