import { describe, expect, test } from "vitest";
import { databaseOf, ORG, problemsOf } from "../fixtures/parse-environment.ts";
import { databaseMembers } from "./database-settings.ts";
import { processVariables, variableOf } from "./process-variables.ts";
import { parseSettings } from "./settings.ts";

/** The settings of NEAR where no variable of it is set. */
const STORAGE_ONLY = {
  place: {
    network: "testnet",
    contractId: undefined,
    rpcUrls: ["https://rpc.testnet.near.org", "https://test.rpc.fastnear.com"],
    minAgreement: undefined,
  },
  writer: undefined,
  anchorFrom: "now",
  maxMintRetries: 3,
};

test("requires only the organization", () => {
  expect(parseSettings(ORG)).toEqual({
    organization: "acme",
    store: { kind: "folder", root: "etrap-acme" },
    consumerGroup: "etrap-cdc-agent",
    consumerName: "agent-1",
    leaseMs: 15_000,
    drainMs: 30_000,
    databases: [
      {
        name: undefined,
        streamPattern: "etrap.public.*",
        tablesFile: undefined,
        retentionMs: 86_400_000,
        policy: {
          batchSize: 1000,
          maxBatchBytes: 8_388_608,
          batchTimeoutMs: 60_000,
          minBatchSize: 1,
          forceBatchAfterMs: 300_000,
        },
        tablePolicies: [],
        maxBufferBytes: 104_857_600,
        maxEntryBytes: 33_554_432,
        commitment: "row",
        proofIndex: true,
        rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
      },
    ],
    databasesFile: undefined,
    redis: { host: "localhost", port: 6379, db: 0, username: undefined, password: undefined, tls: undefined },
    near: STORAGE_ONLY,
    watching: { healthPort: 8080, metricsPort: 9090, address: "127.0.0.1", statisticsMs: 60_000 },
    logFile: undefined,
    debug: false,
  });
});

test("reads every variable", () => {
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
    ETRAP_DRAIN_TIMEOUT: "1.5",
    ETRAP_METRICS_PORT: "off",
    ETRAP_LOG_FILE: "/var/log/etrap.log",
    ETRAP_HTTP_ADDRESS: "0.0.0.0",
    ETRAP_STATISTICS_INTERVAL: "0",
    ETRAP_BATCH_SIZE: "10",
    ETRAP_MAX_BATCH_BYTES: "1000",
    ETRAP_BATCH_TIMEOUT: "0.25",
    ETRAP_MIN_BATCH_SIZE: "5",
    ETRAP_FORCE_BATCH_AFTER: "1",
    ETRAP_FORCE_IMMEDIATE: "public.ledger, audit.*",
    ETRAP_TABLE_POLICIES: '{"public.log_*": {"batch_size": 5000, "batch_timeout": "0.5"}}',
    ETRAP_MAX_MEMORY_BUFFER: "64MB",
    ETRAP_COMMITMENT: "fields",
    ETRAP_STORE_PROOF_INDEX: "false",
    ETRAP_INCLUDED_TABLES: "public.*, audit.account",
    ETRAP_EXCLUDED_TABLES: "public.log_????",
    ETRAP_INCLUDED_OPERATIONS: "INSERT,UPDATE",
    ETRAP_EXCLUDED_COLUMNS: "*.iban",
    ETRAP_DEBUG: "true",
    REDIS_HOST: "redis",
    REDIS_PORT: "1",
    REDIS_DB: "2",
    REDIS_USERNAME: "etrap",
    REDIS_PASSWORD: "secret",
  });
  const policy = { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 250, minBatchSize: 5, forceBatchAfterMs: 1000 };
  expect(settings).toEqual({
    organization: "acme",
    store: { kind: "folder", root: "/var/lib/etrap" },
    consumerGroup: "g",
    consumerName: "c",
    leaseMs: 2_000,
    drainMs: 1_500,
    databases: [
      {
        name: "erp",
        streamPattern: "cdc.*",
        tablesFile: "tables.json",
        retentionMs: 5_400_000,
        policy,
        tablePolicies: [
          { tables: "public.ledger", policy: { forceBatchAfterMs: 0 } },
          { tables: "audit.*", policy: { forceBatchAfterMs: 0 } },
          { tables: "public.log_*", policy: { batchSize: 5000, batchTimeoutMs: 500 } },
        ],
        maxBufferBytes: 67_108_864,
        maxEntryBytes: 33_554_432,
        commitment: "fields",
        proofIndex: false,
        rules: {
          included_tables: ["public.*", "audit.account"],
          excluded_tables: ["public.log_????"],
          included_operations: ["INSERT", "UPDATE"],
          excluded_columns: ["*.iban"],
        },
      },
    ],
    databasesFile: undefined,
    redis: { host: "redis", port: 1, db: 2, username: "etrap", password: "secret", tls: undefined },
    near: STORAGE_ONLY,
    watching: { healthPort: 8080, metricsPort: undefined, address: "0.0.0.0", statisticsMs: 0 },
    logFile: "/var/log/etrap.log",
    debug: true,
  });
});

test.each([
  ["1048576", 1_048_576],
  ["1024KB", 1_048_576],
  ["100mb", 104_857_600],
  ["2GB", 2_147_483_648],
])("reads a memory buffer of %s", (value, bytes) => {
  expect(databaseOf({ ETRAP_MAX_MEMORY_BUFFER: value })?.maxBufferBytes).toBe(bytes);
});

test.each([
  ["off", null],
  ["0", 0],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["5s", 5_000],
])("reads a retention of %s", (value, ms) => {
  expect(databaseOf({ ETRAP_STREAM_RETENTION: value })?.retentionMs).toBe(ms);
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
    ["ETRAP_MAX_BATCH_BYTES", "33MB"],
    // Most likely meant as megabytes.
    ["ETRAP_MAX_MEMORY_BUFFER", "100"],
    ["ETRAP_MAX_MEMORY_BUFFER", "100 MB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "0.5GB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "100TB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "99999999GB"],
    ["ETRAP_DRAIN_TIMEOUT", "30s"],
    ["ETRAP_HEALTH_PORT", "65536"],
    ["ETRAP_METRICS_PORT", "on"],
    ["ETRAP_HTTP_ADDRESS", "a b"],
    ["ETRAP_STATISTICS_INTERVAL", "1m"],
    ["ETRAP_DRAIN_TIMEOUT", "2147484"],
    ["ETRAP_FORCE_IMMEDIATE", "ledger"],
    ["ETRAP_FORCE_IMMEDIATE", "public.ledger,"],
    ["ETRAP_TABLE_POLICIES", "public.log_*"],
    ["ETRAP_TABLE_POLICIES", "[]"],
    ["ETRAP_TABLE_POLICIES", "null"],
    ["ETRAP_TABLE_POLICIES", '{"log": {"batch_size": 1}}'],
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
    ["REDIS_HOST", "redis://a"],
    ["ETRAP_BATCHSIZE", "10"],
    ["NEAR_ACCOUNT_ID", "Acme.testnet"],
    ["NEAR_PRIVATE_KEY", "ed25519:key"],
    ["NEAR_NETWORK", "https://rpc"],
  ])("%s %j", (variable, value) => {
    expect(problemsOf({ ETRAP_ORG_ID: "acme", [variable]: value })).toContain(`${variable}: `);
  });
});

test("names every problem at once, and no value", () => {
  const problems = problemsOf({
    ETRAP_BATCH_SIZE: "ten",
    REDIS_PORT: "no",
    ETRAP_TYPO: "x",
    NEAR_PRIVATE_KEY: "ed25519:secret",
  });
  expect(
    problems
      .split("\n  ")
      .slice(1)
      .map((problem) => problem.split(":")[0]),
  ).toEqual(["ETRAP_TYPO", "ETRAP_ORG_ID", "REDIS_PORT", "NEAR_PRIVATE_KEY", "ETRAP_BATCH_SIZE"]);
  expect(problems).not.toMatch(/ten|secret/);
});

test("names every problem of the rules by its place", () => {
  const problems = problemsOf({
    ETRAP_ORG_ID: "acme",
    ETRAP_EXCLUDED_TABLES: "public.a,secret",
    ETRAP_INCLUDED_OPERATIONS: "secret",
    ETRAP_EXCLUDED_COLUMNS: "secret",
  });
  expect(problems).toMatch(
    /ETRAP_EXCLUDED_TABLES: .*name 2\)\n.*ETRAP_INCLUDED_OPERATIONS: .*\n.*ETRAP_EXCLUDED_COLUMNS: /,
  );
  expect(problems).not.toContain("secret");
});

test.each([
  [{ ETRAP_FORCE_IMMEDIATE: "a.b,secret" }, "ETRAP_FORCE_IMMEDIATE: expected a glob", "(name 2)"],
  [{ ETRAP_TABLE_POLICIES: '{"a.b": {}, "secret": {}}' }, "ETRAP_TABLE_POLICIES: expected a glob", "(name 2)"],
  [{ ETRAP_MAX_BATCH_BYTES: "33MB" }, "ETRAP_MAX_BATCH_BYTES: expected 1 to 32MB", ""],
  [{ ETRAP_MAX_MEMORY_BUFFER: "99999999GB" }, "ETRAP_MAX_MEMORY_BUFFER: expected 1 to 9007199254740991", ""],
  [{ ETRAP_DRAIN_TIMEOUT: "2147484" }, "ETRAP_DRAIN_TIMEOUT: expected 0 to 2147483 seconds", ""],
  [{ ETRAP_MIN_BATCH_SIZE: "1001" }, "expected a whole number from 1 to 1000 (at most batch_size)", ""],
])("says what was expected, in the unit of the setting: %o", (given, expected, ending) => {
  const problems = problemsOf({ ETRAP_ORG_ID: "acme", ...given });
  expect(problems).toContain(expected);
  expect(problems).toMatch(new RegExp(`${ending.replaceAll(/[()]/g, "\\$&")}$`));
  expect(problems).not.toContain("secret");
});

test("gives no problem that only comes from another one", () => {
  expect(problemsOf({ ETRAP_ORG_ID: "acme", ETRAP_BATCH_SIZE: "5,000", ETRAP_MIN_BATCH_SIZE: "2000" })).not.toContain(
    "MIN_BATCH_SIZE",
  );
  expect(problemsOf({ ETRAP_ORG_ID: "acme", ETRAP_BATCH_SIZE: "0" })).not.toContain("MIN_BATCH_SIZE");
});

test("ignores the variables of other programs", () => {
  expect(problemsOf({ ETRAP_ORG_ID: "acme", REDIS_SERVICE_HOST: "x", NEAR_ENV: "x", PATH: "/bin" })).toBe("");
});

test("describes every problem in plain words", () => {
  const odd = [
    "",
    " ",
    "x y",
    "-1",
    "1e9",
    "99999999999999999999",
    "99999999GB",
    "{",
    '{"public.a":{"batch_size":"x"}}',
    '{"a":1}',
    "[1]",
  ];
  const variables = [...processVariables.keys(), ...Array.from(databaseMembers.keys(), variableOf)];
  for (const variable of variables) {
    for (const value of odd)
      expect(problemsOf({ ...ORG, [variable]: value })).not.toMatch(/Invalid |Expected|received/);
  }
  for (const member of databaseMembers.keys()) {
    for (const value of [true, 1.5, -1, null, {}, [1], { "public.a": 1 }, { "public.a": { nonsense: 1 } }, "\u0000"]) {
      const content = JSON.stringify({ erp: { [member]: value } });
      const problems = problemsOf({ ...ORG, ETRAP_DATABASES_FILE: "databases.json" }, content);
      expect(problems, `${member} ${content}`).not.toMatch(/Invalid |Expected|received/);
    }
  }
});
