import { expect, test } from "vitest";
import { ORG, problemsOf } from "../fixtures/parse-environment.ts";
import { parseSettings } from "./settings.ts";
import type { Environment } from "./process-variables.ts";
import type { StoreSettings } from "./store-settings.ts";

const storeOf = (environment: Environment): StoreSettings => parseSettings({ ...ORG, ...environment }).store;

test("the ledger is in a folder named after the organization by default", () => {
  expect(storeOf({})).toEqual({ kind: "folder", root: "etrap-acme" });
});

test("auto names the bucket after the organization", () => {
  expect(storeOf({ ETRAP_S3_BUCKET: "auto" })).toEqual({
    kind: "s3",
    bucket: "etrap-acme",
    prefix: "",
    connection: { region: "us-east-1", endpoint: undefined, isPathStyle: false, checksums: "WHEN_SUPPORTED" },
    form: { compress: false, encryption: undefined, storageClass: undefined, lock: undefined },
  });
});

test("reads every variable of S3", () => {
  const store = storeOf({
    ETRAP_S3_BUCKET: "ledger.acme.example",
    ETRAP_S3_PREFIX: "audit/erp",
    ETRAP_S3_ENDPOINT: "https://s3.acme.example:9000",
    ETRAP_S3_PATH_STYLE: "true",
    ETRAP_S3_CHECKSUMS: "when_required",
    ETRAP_S3_ENCRYPTION: "kms",
    ETRAP_S3_KMS_KEY: "arn:aws:kms:eu-central-1:1:key/2",
    ETRAP_S3_STORAGE_CLASS: "STANDARD_IA",
    ETRAP_S3_LOCK: "compliance",
    ETRAP_S3_LOCK_DAYS: "3650",
    ETRAP_ENABLE_COMPRESSION: "true",
    AWS_DEFAULT_REGION: "us-west-2",
    AWS_REGION: "eu-central-1",
  });
  expect(store).toEqual({
    kind: "s3",
    bucket: "ledger.acme.example",
    prefix: "audit/erp",
    connection: {
      region: "eu-central-1",
      endpoint: "https://s3.acme.example:9000",
      isPathStyle: true,
      checksums: "WHEN_REQUIRED",
    },
    form: {
      compress: true,
      encryption: { kind: "kms", keyId: "arn:aws:kms:eu-central-1:1:key/2" },
      storageClass: "STANDARD_IA",
      lock: { mode: "COMPLIANCE", days: 3650 },
    },
  });
});

test("AWS_DEFAULT_REGION counts where AWS_REGION is unset", () => {
  const store = storeOf({ ETRAP_S3_BUCKET: "auto", AWS_REGION: "", AWS_DEFAULT_REGION: "us-west-2" });
  expect(store).toMatchObject({ connection: { region: "us-west-2" } });
});

const BUCKET = { ETRAP_S3_BUCKET: "ledger" };

test.each<[Environment, string]>([
  ...["a", "A-bucket", "-ab", "ab-", "a..b", "192.168.0.1", "a_b", "s3://ledger", "a/b", "x".repeat(64)].map(
    (name): [Environment, string] => [{ ETRAP_S3_BUCKET: name }, "ETRAP_S3_BUCKET: expected a bucket name"],
  ),
  ...["/a", "a/", "a//b", "a/../b", "..", "a b", "é"].map((prefix): [Environment, string] => [
    { ...BUCKET, ETRAP_S3_PREFIX: prefix },
    "ETRAP_S3_PREFIX: expected segments",
  ]),
  ...["s3.acme.example", "ftp://a", "http://u:p@a", "http://a/b", "http://a?b", "http://"].map(
    (url): [Environment, string] => [{ ...BUCKET, ETRAP_S3_ENDPOINT: url }, "ETRAP_S3_ENDPOINT: expected http"],
  ),
  [{ ...BUCKET, ETRAP_STORE_DIR: "ledger" }, "ETRAP_STORE_DIR: expected unset, since ETRAP_S3_BUCKET is set"],
  [{ ...BUCKET, ETRAP_S3_LOCK: "governance" }, "ETRAP_S3_LOCK_DAYS: missing"],
  [{ ...BUCKET, ETRAP_S3_LOCK_DAYS: "1" }, "ETRAP_S3_LOCK: missing"],
  [{ ...BUCKET, ETRAP_S3_LOCK: "forever", ETRAP_S3_LOCK_DAYS: "1" }, "ETRAP_S3_LOCK: expected governance or"],
  [{ ...BUCKET, ETRAP_S3_LOCK: "governance", ETRAP_S3_LOCK_DAYS: "0" }, "ETRAP_S3_LOCK_DAYS: expected a whole number"],
  [{ ...BUCKET, ETRAP_S3_KMS_KEY: "k" }, "ETRAP_S3_ENCRYPTION: expected kms"],
  [{ ...BUCKET, ETRAP_S3_ENCRYPTION: "aes" }, "ETRAP_S3_ENCRYPTION: expected s3 or kms"],
  [{ ...BUCKET, ETRAP_S3_STORAGE_CLASS: "GLACIER" }, "ETRAP_S3_STORAGE_CLASS: expected STANDARD or"],
  [{ ...BUCKET, ETRAP_S3_CHECKSUMS: "no" }, "ETRAP_S3_CHECKSUMS: expected when_supported or"],
  [{ ...BUCKET, AWS_REGION: "eu central" }, "AWS_REGION: expected a region"],
  [{ ETRAP_S3_PREFIX: "audit" }, "ETRAP_S3_PREFIX: expected ETRAP_S3_BUCKET too"],
  [{ ETRAP_ENABLE_COMPRESSION: "true" }, "ETRAP_ENABLE_COMPRESSION: expected ETRAP_S3_BUCKET too"],
  [{ ETRAP_S3_BUCKET: "auto", ETRAP_ORG_ID: "Acme_Corp" }, "ETRAP_S3_BUCKET: etrap-{organization} is not a valid"],
])("refuses %j", (environment, problem) => {
  expect(problemsOf({ ...ORG, ...environment })).toContain(problem);
});
