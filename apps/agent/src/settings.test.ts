import { describe, expect, test } from "vitest";
import { AgentError } from "./agent-error.ts";
import { describeVariables, parseSettings } from "./settings.ts";
import type { Environment } from "./settings.ts";

function faultsOf(environment: Environment): string {
  try {
    parseSettings(environment);
    return "";
  } catch (error) {
    if (error instanceof AgentError && error.code === "BAD_SETTINGS") return error.message;
    throw error;
  }
}

test("the organisation is all that must be said", () => {
  expect(parseSettings({ ETRAP_ORG_ID: "acme" })).toEqual({
    organization: "acme",
    database: undefined,
    storeDir: "etrap-acme",
    tablesFile: undefined,
    streamPattern: "etrap.public.*",
    consumerGroup: "etrap-cdc-agent",
    consumerName: "agent-1",
    retentionMs: 86_400_000,
    leaseMs: 15_000,
    policy: {
      batchSize: 1000,
      maxBatchBytes: 8_388_608,
      batchTimeoutMs: 60_000,
      minBatchSize: 1,
      forceBatchAfterMs: 300_000,
    },
    commitment: "row",
    rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
    redis: { host: "localhost", port: 6379, db: 0, password: undefined },
    debug: false,
  });
});

test("every variable is read", () => {
  const settings = parseSettings({
    ETRAP_ORG_ID: "acme",
    ETRAP_DATABASE: "erp",
    ETRAP_STORE_DIR: "/var/lib/etrap",
    ETRAP_TABLES_FILE: "tables.json",
    ETRAP_STREAM_PATTERN: "cdc.*",
    ETRAP_CONSUMER_GROUP: "g",
    ETRAP_CONSUMER_NAME: "c",
    ETRAP_STREAM_RETENTION: "90m",
    ETRAP_LEASE: "2",
    ETRAP_BATCH_SIZE: "10",
    ETRAP_MAX_BATCH_BYTES: "1000",
    ETRAP_BATCH_TIMEOUT: "0.25",
    ETRAP_MIN_BATCH_SIZE: "5",
    ETRAP_FORCE_BATCH_AFTER: "1",
    ETRAP_COMMITMENT: "fields",
    ETRAP_INCLUDED_TABLES: "public.*, audit.account",
    ETRAP_EXCLUDED_TABLES: "public.log_????",
    ETRAP_INCLUDED_OPERATIONS: "INSERT,UPDATE",
    ETRAP_EXCLUDED_COLUMNS: "*.iban",
    ETRAP_DEBUG: "true",
    REDIS_HOST: "redis",
    REDIS_PORT: "1",
    REDIS_DB: "2",
    REDIS_PASSWORD: "secret",
  });
  expect(settings).toEqual({
    organization: "acme",
    database: "erp",
    storeDir: "/var/lib/etrap",
    tablesFile: "tables.json",
    streamPattern: "cdc.*",
    consumerGroup: "g",
    consumerName: "c",
    retentionMs: 5_400_000,
    leaseMs: 2_000,
    policy: { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 250, minBatchSize: 5, forceBatchAfterMs: 1000 },
    commitment: "fields",
    rules: {
      included_tables: ["public.*", "audit.account"],
      excluded_tables: ["public.log_????"],
      included_operations: ["INSERT", "UPDATE"],
      excluded_columns: ["*.iban"],
    },
    redis: { host: "redis", port: 1, db: 2, password: "secret" },
    debug: true,
  });
});

test.each([
  ["off", null],
  ["0", 0],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["5s", 5_000],
])("a retention of %s", (value, ms) => {
  expect(parseSettings({ ETRAP_ORG_ID: "acme", ETRAP_STREAM_RETENTION: value }).retentionMs).toBe(ms);
});

describe("refuses", () => {
  test.each([
    ["ETRAP_ORG_ID", undefined],
    ["ETRAP_ORG_ID", ""],
    ["ETRAP_ORG_ID", "a/b"],
    ["ETRAP_ORG_ID", "x".repeat(65)],
    ["ETRAP_BATCH_SIZE", "0"],
    ["ETRAP_BATCH_SIZE", "1e3"],
    ["ETRAP_BATCH_SIZE", "100001"],
    ["ETRAP_BATCH_SIZE", "-5"],
    ["ETRAP_MIN_BATCH_SIZE", "1001"],
    ["ETRAP_BATCH_TIMEOUT", "1m"],
    ["ETRAP_FORCE_BATCH_AFTER", "NaN"],
    ["ETRAP_LEASE", "0"],
    ["ETRAP_MAX_BATCH_BYTES", "33554433"],
    ["ETRAP_STREAM_RETENTION", "24"],
    ["ETRAP_STREAM_PATTERN", "*"],
    ["ETRAP_STREAM_PATTERN", "etrap"],
    ["ETRAP_COMMITMENT", "column"],
    ["ETRAP_INCLUDED_TABLES", "public.*,,audit.*"],
    ["ETRAP_INCLUDED_TABLES", ","],
    ["ETRAP_EXCLUDED_TABLES", "account"],
    ["ETRAP_EXCLUDED_TABLES", `public.${"x".repeat(1018)}`],
    ["ETRAP_EXCLUDED_TABLES", Array.from({ length: 10_001 }, () => "a.b").join(",")],
    ["ETRAP_INCLUDED_OPERATIONS", "insert"],
    ["ETRAP_INCLUDED_OPERATIONS", "INSERT,POISON"],
    ["ETRAP_EXCLUDED_COLUMNS", "iban"],
    ["ETRAP_EXCLUDED_COLUMNS", "account.iban"],
    ["ETRAP_DEBUG", "yes"],
    ["REDIS_PORT", "0"],
    ["REDIS_PORT", "65536"],
    ["REDIS_DB", "-1"],
    ["REDIS_HOST", "a b"],
    ["ETRAP_BATCHSIZE", "10"],
    ["ETRAP_S3_BUCKET", "my-bucket"],
    ["NEAR_ACCOUNT_ID", "acme.testnet"],
    ["NEAR_PRIVATE_KEY", "ed25519:key"],
    ["NEAR_NETWORK", "testnet"],
  ])("%s %j", (variable, value) => {
    expect(faultsOf({ ETRAP_ORG_ID: "acme", [variable]: value })).toContain(`${variable}: `);
  });
});

test("names every fault at once, and no value", () => {
  const faults = faultsOf({
    ETRAP_BATCH_SIZE: "ten",
    REDIS_PORT: "no",
    ETRAP_TYPO: "x",
    NEAR_PRIVATE_KEY: "ed25519:secret",
  });
  expect(
    faults
      .split("\n  ")
      .slice(1)
      .map((fault) => fault.split(":")[0]),
  ).toEqual(["ETRAP_TYPO", "ETRAP_ORG_ID", "ETRAP_BATCH_SIZE", "REDIS_PORT", "NEAR_PRIVATE_KEY"]);
  expect(faults).not.toMatch(/ten|secret/);
});

test("names every fault of the rules, by its place", () => {
  const faults = faultsOf({
    ETRAP_ORG_ID: "acme",
    ETRAP_EXCLUDED_TABLES: "public.a,secret",
    ETRAP_INCLUDED_OPERATIONS: "secret",
    ETRAP_EXCLUDED_COLUMNS: "secret",
  });
  expect(faults).toMatch(
    /ETRAP_EXCLUDED_TABLES: .*number 2\n.*ETRAP_INCLUDED_OPERATIONS: .*\n.*ETRAP_EXCLUDED_COLUMNS: /,
  );
  expect(faults).not.toContain("secret");
});

test("leaves other people's variables alone", () => {
  expect(faultsOf({ ETRAP_ORG_ID: "acme", REDIS_URL: "x", NEAR_ENV: "x", PATH: "/bin" })).toBe("");
});

test("--help names every variable with its default", () => {
  const help = describeVariables();
  for (const variable of ["ETRAP_ORG_ID", "ETRAP_BATCH_SIZE", "REDIS_PASSWORD"]) expect(help).toContain(variable);
  expect(help).toContain("(default: 1000)");
});
