import { describe, expect, test } from "vitest";
import { ORG, problemsOf } from "../fixtures/parse-environment.ts";
import { parseSettings } from "./settings.ts";
import type { RedisSettings } from "./redis-settings.ts";

const DEFAULTS = { host: "localhost", port: 6379, db: 0, username: undefined, password: undefined, tls: undefined };
const NO_FILES = { caFile: undefined, certFile: undefined, keyFile: undefined };

test.each<[string, Partial<RedisSettings>]>([
  ["redis://redis.internal", { host: "redis.internal" }],
  ["redis://redis.internal:7000/3", { host: "redis.internal", port: 7000, db: 3 }],
  ["redis://h/", { host: "h" }],
  ["redis://:p%40ss%2F@h", { host: "h", password: "p@ss/" }],
  ["redis://user:pass@h:1/0", { host: "h", port: 1, username: "user", password: "pass" }],
  ["redis://user@h", { host: "h", username: "user", password: "" }],
  ["redis://[::1]:7000", { host: "::1", port: 7000 }],
  ["rediss://h", { host: "h", tls: NO_FILES }],
])("reads %s", (url, expected) => {
  expect(parseSettings({ ...ORG, REDIS_URL: url }).redis).toEqual({ ...DEFAULTS, ...expected });
});

test("takes from variables what the URL does not give", () => {
  const environment = {
    ...ORG,
    REDIS_URL: "rediss://h",
    REDIS_USERNAME: "user",
    REDIS_PASSWORD: "pass",
    REDIS_DB: "4",
    REDIS_TLS_CA_FILE: "ca.pem",
    REDIS_TLS_CERT_FILE: "cert.pem",
    REDIS_TLS_KEY_FILE: "key.pem",
  };
  const tls = { caFile: "ca.pem", certFile: "cert.pem", keyFile: "key.pem" };
  const login = { username: "user", password: "pass" };
  expect(parseSettings(environment).redis).toEqual({ host: "h", port: 6379, db: 4, ...login, tls });
});

test.each([
  "redis.internal",
  "redis.internal:6379",
  "http://h",
  "redis://",
  "redis:///0",
  "redis://h:0",
  "redis://h:99999",
  "redis://h/name",
  "redis://h?tls=true",
  "redis://:sec#ret@h",
  "redis://:sec%ret@h",
])("refuses the URL %s without writing it", (url) => {
  const problems = problemsOf({ ...ORG, REDIS_URL: url });
  expect(problems).toMatch(/REDIS_URL: expected redis\[s\]:\/\//);
  expect(problems).not.toMatch(/sec|internal/);
});

test("refuses what is given twice", () => {
  const url = "redis://user:secret@h:1/2";
  for (const [variable, value] of [
    ["REDIS_HOST", "h"],
    ["REDIS_PORT", "1"],
    ["REDIS_DB", "2"],
    ["REDIS_USERNAME", "user"],
    ["REDIS_PASSWORD", "secret"],
  ] as const) {
    const problems = problemsOf({ ...ORG, REDIS_URL: url, [variable]: value });
    expect(problems).toContain(`${variable}: expected unset, since REDIS_URL gives it`);
    expect(problems).not.toContain("secret");
  }
});

describe("refuses a TLS file", () => {
  test.each(["REDIS_TLS_CA_FILE", "REDIS_TLS_CERT_FILE", "REDIS_TLS_KEY_FILE"])("%s without rediss://", (variable) => {
    for (const place of [{}, { REDIS_URL: "redis://h" }, { REDIS_HOST: "h" }])
      expect(problemsOf({ ...ORG, ...place, [variable]: "x.pem" })).toContain(`${variable}: expected a REDIS_URL`);
  });

  test("of a certificate without its key, and of a key without its certificate", () => {
    const url = { ...ORG, REDIS_URL: "rediss://h" };
    expect(problemsOf({ ...url, REDIS_TLS_CERT_FILE: "x" })).toContain("REDIS_TLS_KEY_FILE: missing");
    expect(problemsOf({ ...url, REDIS_TLS_KEY_FILE: "x" })).toContain("REDIS_TLS_CERT_FILE: missing");
  });
});

test.each([
  ["REDIS_TLS", "rediss://"],
  ["REDIS_SSL", "rediss://"],
  ["REDIS_USE_TLS", "rediss://"],
  ["REDIS_TLS_ENABLED", "rediss://"],
  ["REDIS_TLS_CA", "REDIS_TLS_CA_FILE"],
  ["REDIS_USER", "REDIS_USERNAME"],
  ["REDIS_USRENAME", "REDIS_USERNAME"],
  ["REDIS_PASS", "REDIS_PASSWORD"],
  ["REDIS_PASSWROD", "REDIS_PASSWORD"],
  ["REDIS_AUTH", "REDIS_PASSWORD"],
  ["REDIS_HOSTNAME", "REDIS_HOST"],
  ["REDIS_HSOT", "REDIS_HOST"],
  ["REDIS_PROT", "REDIS_PORT"],
  ["REDIS_DATABASE", "REDIS_DB"],
  ["REDIS_BD", "REDIS_DB"],
  ["REDIS_URI", "REDIS_URL"],
])("refuses %s, which seems to be %s", (variable, meant) => {
  const problems = problemsOf({ ...ORG, [variable]: "secret" });
  expect(problems).toMatch(new RegExp(`${variable}: unknown; expected .*${meant}`));
  expect(problems).not.toContain("secret");
});

test("ignores the REDIS_ variables of other programs", () => {
  const others = [
    "SERVICE_HOST",
    "SERVICE_PORT",
    "PORT_6379_TCP",
    "PORT_6379_TCP_ADDR",
    "MASTER_SERVICE_HOST",
    "VERSION",
    "DOWNLOAD_URL",
    "DOWNLOAD_SHA",
    "CACHE_TTL",
    "CLI_PATH",
    "KEY_PREFIX",
    "OM_URL_BASE",
    "MAXMEMORY",
    "ARGS",
  ];
  const environment = Object.fromEntries(others.map((name) => [`REDIS_${name}`, "x"]));
  expect(problemsOf({ ...ORG, ...environment })).toBe("");
});
