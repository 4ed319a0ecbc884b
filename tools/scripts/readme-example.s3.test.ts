import { startVersitygw } from "@etrap/test-servers";
import { afterAll, expect, test } from "vitest";
import { runExample } from "./run-example.ts";

const s3 = await startVersitygw();
afterAll(() => s3.stop());

test("the example of packages/storage-s3/README.md runs", { timeout: 20_000 }, () => {
  const { accessKeyId, secretAccessKey } = s3.credentials;
  const environment = {
    S3_ENDPOINT: s3.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  expect(runExample("packages/storage-s3/README.md", environment)).toEqual({ status: 0, errors: "" });
});
