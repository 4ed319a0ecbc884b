import { expect, test } from "vitest";
import { errorCodeOf, isReply } from "./error-code.ts";
import { meaningOf } from "./meaning-of.ts";

const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });
const system = (code: string): Error => Object.assign(new Error("it failed"), { code });

test.for<[unknown, string]>([
  [reply("READONLY You can't write against a read only replica."), "READONLY"],
  [reply("OOM command not allowed when used memory > 'maxmemory'. script: 62e6, on @user_script:1."), "OOM"],
  [
    reply("ERR Error running script (call to f_8d61): @user_script:6: @user_script: 6: -OOM command not allowed"),
    "OOM",
  ],
  [reply("ERR Error running script (call to f_8d61): @user_script:6: -MISCONF Redis is configured to"), "MISCONF"],
  [reply("ERR The user executing the script can't run this command or subcommand script: 6e81"), "NOPERM"],
  [reply("ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'SECRET'"), "ERR"],
  [reply("ERR DB index is out of range"), "DB_OUT_OF_RANGE"],
  [system("ECONNREFUSED"), "ECONNREFUSED"],
  [system("DEPTH_ZERO_SELF_SIGNED_CERT"), "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [new Error("Command timed out"), "ETIMEDOUT"],
  [new Error('Protocol error, got "H" as reply type byte'), "PROTOCOL"],
  [new Error("Connection is closed."), "NO_CONNECTION"],
  [undefined, "NO_CONNECTION"],
])("the code of %s is %s", ([error, code]) => {
  expect(errorCodeOf(error)).toBe(code);
  expect(isReply(error)).toBe(error instanceof Error && error.name === "ReplyError");
});

test("every code has a meaning, and one of TLS names the certificates", () => {
  expect(meaningOf("CERT_HAS_EXPIRED")).toContain("certificate");
  expect(meaningOf("ERR_TLS_CERT_ALTNAME_INVALID")).toContain("TLS");
  expect(meaningOf("WHATEVER")).not.toBe("");
  expect(meaningOf("toString")).toBe(meaningOf("WHATEVER"));
});
