import { expect, test } from "vitest";
import { failureOf, isAbsent, isConflict, isTaken, troubleOf } from "./answers.ts";
import type { Failure } from "./answers.ts";
import type { S3Trouble } from "./s3-store-error.ts";

const failure = (status: number | undefined, name: string, attempts = 1): Failure => ({ status, name, attempts });

test("a precondition is lost by its status, whatever the server calls it", () => {
  expect(isTaken(failure(412, "PreconditionFailed"))).toBe(true);
  expect(isTaken(failure(412, "Unknown"))).toBe(true);
  for (const status of [200, 304, 404, 409, 500]) expect(isTaken(failure(status, "PreconditionFailed"))).toBe(false);
});

test("only two kinds of 409 are to be repeated", () => {
  for (const name of ["ConditionalRequestConflict", "OperationAborted"])
    expect(isConflict(failure(409, name))).toBe(true);
  for (const name of ["BucketAlreadyOwnedByYou", "ObjectParentIsFile", "Unknown"])
    expect(isConflict(failure(409, name))).toBe(false);
  expect(isConflict(failure(412, "ConditionalRequestConflict"))).toBe(false);
});

test("only the server's word for a missing object counts as absent", () => {
  expect(isAbsent(failure(404, "NoSuchKey"))).toBe(true);
  for (const name of ["NoSuchBucket", "NotFound", "Unknown", "kms:KeyNotFound"])
    expect(isAbsent(failure(404, name))).toBe(false);
  expect(isAbsent(failure(403, "NoSuchKey"))).toBe(false);
});

test.each<[number | undefined, string, S3Trouble]>([
  [404, "NoSuchBucket", "NO_BUCKET"],
  [403, "AccessDenied", "ACCESS_DENIED"],
  [403, "Unknown", "ACCESS_DENIED"],
  [403, "InvalidAccessKeyId", "KEY_UNKNOWN"],
  [404, "XAdminUserNotFound", "KEY_UNKNOWN"],
  [403, "SignatureDoesNotMatch", "SECRET_WRONG"],
  [400, "ExpiredToken", "CREDENTIALS_EXPIRED"],
  [undefined, "CredentialsProviderError", "CREDENTIALS_MISSING"],
  [403, "RequestTimeTooSkewed", "CLOCK_SKEW"],
  [301, "PermanentRedirect", "WRONG_REGION"],
  [301, "Unknown", "WRONG_REGION"],
  [400, "AuthorizationHeaderMalformed", "WRONG_REGION"],
  [400, "BadDigest", "TRANSFER_BROKEN"],
  [400, "XAmzContentChecksumMismatch", "TRANSFER_BROKEN"],
  [404, "kms:KeyNotFound", "ENCRYPTION_REFUSED"],
  [400, "KMS.NotFoundException", "ENCRYPTION_REFUSED"],
  [403, "InvalidObjectState", "ARCHIVED"],
  [503, "SlowDown", "THROTTLED"],
  [429, "Unknown", "THROTTLED"],
  [500, "InternalError", "SERVER_ERROR"],
  [502, "Unknown", "SERVER_ERROR"],
  [304, "NotModified", "NOT_S3"],
  [200, "SyntaxError", "NOT_S3"],
  [undefined, "ECONNREFUSED", "UNREACHABLE"],
  [undefined, "ENOTFOUND", "UNREACHABLE"],
  [undefined, "EPROTO", "TLS_REFUSED"],
  [undefined, "DEPTH_ZERO_SELF_SIGNED_CERT", "TLS_REFUSED"],
  [undefined, "ERR_TLS_CERT_ALTNAME_INVALID", "TLS_REFUSED"],
  [undefined, "ECONNRESET", "TRANSFER_BROKEN"],
  [undefined, "TimeoutError", "TIMED_OUT"],
  [418, "Teapot", "OTHER"],
  [undefined, "constructor", "OTHER"],
])("%s %s is %s", (status, name, trouble) => {
  expect(troubleOf(failure(status, name))).toBe(trouble);
});

test("reads the facts of the SDK's errors, of the system's, and of anything else", () => {
  const ofServer = Object.assign(new Error("no"), {
    name: "SlowDown",
    $metadata: { httpStatusCode: 503, attempts: 3 },
  });
  expect(failureOf(ofServer)).toEqual(failure(503, "SlowDown", 3));
  expect(failureOf(Object.assign(new Error("no"), { code: "ECONNREFUSED" }))).toEqual(
    failure(undefined, "ECONNREFUSED"),
  );
  const unparsed = Object.assign(new SyntaxError("no"), { $response: { statusCode: 200 } });
  expect(failureOf(unparsed)).toEqual(failure(200, "SyntaxError"));
  for (const thrown of [undefined, null, 1, "text"]) expect(failureOf(thrown)).toEqual(failure(undefined, "Unknown"));
});
