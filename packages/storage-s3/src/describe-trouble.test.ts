import { expect, test } from "vitest";
import { sentenceOf, toStoreError } from "./describe-trouble.ts";

test("an error says the place, the cause, the remedy, and the names that came", () => {
  const error = Object.assign(new Error("x"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  expect(toStoreError("UNAVAILABLE", { place: "erp/x.json", error })).toMatchObject({
    code: "UNAVAILABLE",
    trouble: "ACCESS_DENIED",
    message:
      "erp/x.json: access is denied; give these credentials the rights that docs/s3.md lists (AccessDenied, 403)",
    cause: error,
  });
});

test("no text of the server reaches a message", () => {
  const secret = "AKIA-secret\n";
  const error = Object.assign(new Error(secret), { name: secret, $metadata: { httpStatusCode: 400 } });
  expect(toStoreError("UNAVAILABLE", { place: "k", error }).message).toBe("k: the request failed (unnamed, 400)");
});

test("a cause without an error has its sentence alone", () => {
  expect(sentenceOf("SERVER_ERROR")).toBe("the server failed");
});
