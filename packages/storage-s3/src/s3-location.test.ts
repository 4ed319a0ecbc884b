import { expect, test } from "vitest";
import { isBucketName, parseS3Location } from "./s3-location.ts";

test.each([
  ["s3://etrap-acme", "etrap-acme", ""],
  ["s3://etrap-acme/", "etrap-acme", ""],
  ["s3://a.b-c/audit/erp", "a.b-c", "audit/erp"],
  ["s3://abc/audit/", "abc", "audit"],
])("reads %s", (text, bucket, prefix) => {
  expect(parseS3Location(text)).toEqual({ bucket, prefix });
});

test.each([
  "",
  "s3:",
  "s3://",
  "s3:///a",
  "S3://abc",
  "https://s3.amazonaws.com/abc",
  "s3://ab",
  "s3://ABC",
  "s3://a_b_c",
  "s3://-abc",
  "s3://abc-",
  "s3://a..b",
  "s3://10.0.0.1",
  `s3://${"a".repeat(64)}`,
  "s3://abc/..",
  "s3://abc/a/../b",
  "s3://abc//a",
  "s3://abc/a//",
  "s3://abc/a b",
  "s3://abc/é",
  "s3://abc/a\n",
  "s3://abc?versionId=1",
])("refuses %j", (text) => {
  expect(() => parseS3Location(text)).toThrow(expect.objectContaining({ code: "BAD_LOCATION" }));
});

test("a name of 63 characters is a bucket name, and one of 64 is not", () => {
  expect([63, 64].map((length) => isBucketName("a".repeat(length)))).toEqual([true, false]);
});
