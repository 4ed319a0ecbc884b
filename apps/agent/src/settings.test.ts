import { describe, expect, test } from "vitest";
import { AgentError } from "./agent-error.ts";
import { chooseDatabase } from "./choose-database.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { describeVariables, parseSettings } from "./settings.ts";
import type { Environment } from "./settings.ts";

function faultsOf(environment: Environment, content?: string): string {
  try {
    parseSettings(environment, content === undefined ? undefined : () => content);
    return "";
  } catch (error) {
    if (error instanceof AgentError && error.code === "BAD_SETTINGS") return error.message;
    throw error;
  }
}

const ORG = { ETRAP_ORG_ID: "acme" };

/** The one database that the environment describes. */
function databaseOf(environment: Environment): DatabaseSettings | undefined {
  return parseSettings({ ...ORG, ...environment }).databases[0];
}

test("the organisation is all that must be said", () => {
  expect(parseSettings(ORG)).toEqual({
    organization: "acme",
    storeDir: "etrap-acme",
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
        commitment: "row",
        proofIndex: true,
        rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
      },
    ],
    databasesFile: undefined,
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
    ETRAP_DRAIN_TIMEOUT: "1.5",
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
    REDIS_PASSWORD: "secret",
  });
  const policy = { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 250, minBatchSize: 5, forceBatchAfterMs: 1000 };
  expect(settings).toEqual({
    organization: "acme",
    storeDir: "/var/lib/etrap",
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
          { tables: "public.log_*", policy: { ...policy, batchSize: 5000, batchTimeoutMs: 500 } },
        ],
        maxBufferBytes: 67_108_864,
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
    redis: { host: "redis", port: 1, db: 2, password: "secret" },
    debug: true,
  });
});

test.each([
  ["1048576", 1_048_576],
  ["1024KB", 1_048_576],
  ["100mb", 104_857_600],
  ["2GB", 2_147_483_648],
])("a memory buffer of %s", (value, bytes) => {
  expect(databaseOf({ ETRAP_MAX_MEMORY_BUFFER: value })?.maxBufferBytes).toBe(bytes);
});

test.each([
  ["off", null],
  ["0", 0],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["5s", 5_000],
])("a retention of %s", (value, ms) => {
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
    // Megabytes were meant.
    ["ETRAP_MAX_MEMORY_BUFFER", "100"],
    ["ETRAP_MAX_MEMORY_BUFFER", "100 MB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "0.5GB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "100TB"],
    ["ETRAP_MAX_MEMORY_BUFFER", "99999999GB"],
    ["ETRAP_DRAIN_TIMEOUT", "30s"],
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
  ).toEqual(["ETRAP_TYPO", "ETRAP_ORG_ID", "REDIS_PORT", "NEAR_PRIVATE_KEY", "ETRAP_BATCH_SIZE"]);
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
  for (const variable of ["ETRAP_ORG_ID", "ETRAP_BATCH_SIZE", "ETRAP_FORCE_IMMEDIATE", "REDIS_PASSWORD"])
    expect(help).toMatch(new RegExp(`^  ${variable} +[^ ]`, "m"));
  expect(help).toContain("(default: 1000)");
});

describe("policies of tables", () => {
  test.each([
    ['{"public.log": 5}', /public\.log: expected any of batch_size, /],
    ['{"public.log": {"batchsize": 5}}', /public\.log\.batchsize: expected any of batch_size, /],
    ['{"public.log": {"batch_size": 0}}', /public\.log\.batch_size: expected a whole number from 1 to 100000/],
    ['{"public.log": {"batch_size": null}}', /public\.log\.batch_size: expected a whole number/],
    ['{"public.log": {"min_batch_size": 2000}}', /public\.log: expected a min_batch_size of at most batch_size/],
    ['{"public.a": {}, "log": {}}', /ETRAP_TABLE_POLICIES: .*as number 2/],
  ])("%s", (value, fault) => {
    expect(faultsOf({ ...ORG, ETRAP_TABLE_POLICIES: value })).toMatch(fault);
  });

  test("may be smaller than what the database says, with a least size of their own", () => {
    const own = { "public.log": { batch_size: 10, min_batch_size: 5 } };
    const environment = { ETRAP_MIN_BATCH_SIZE: "500", ETRAP_TABLE_POLICIES: JSON.stringify(own) };
    expect(databaseOf(environment)?.tablePolicies[0]?.policy).toMatchObject({ batchSize: 10, minBatchSize: 5 });
    expect(faultsOf({ ...ORG, ...environment, ETRAP_TABLE_POLICIES: '{"public.log": {"batch_size": 10}}' })).toContain(
      "public.log: expected a min_batch_size of at most batch_size",
    );
  });
});

describe("several databases", () => {
  const FILE = { ...ORG, ETRAP_DATABASES_FILE: "databases.json" };
  const ERP = { stream_pattern: "erp.public.*" };
  const CRM = { stream_pattern: "crm.public.*" };
  const parse = (databases: object, environment: Environment = {}): readonly DatabaseSettings[] =>
    parseSettings({ ...FILE, ...environment }, () => JSON.stringify(databases)).databases;
  const faults = (databases: object, environment: Environment = {}): string =>
    faultsOf({ ...FILE, ...environment }, JSON.stringify(databases));

  test("have each what is said of them, and else what the environment says", () => {
    const members = {
      ...CRM,
      tables_file: "crm.json",
      stream_retention: "off",
      batch_size: 500,
      batch_timeout: 0.5,
      max_memory_buffer: "10MB",
      store_proof_index: false,
      force_immediate: ["public.a,b"],
      table_policies: { "public.log": { batch_size: 7 } },
      excluded_tables: [],
      included_tables: "public.*",
      commitment: "fields",
    };
    const environment = { ETRAP_BATCH_SIZE: "20", ETRAP_FORCE_BATCH_AFTER: "9", ETRAP_EXCLUDED_TABLES: "public.tmp" };
    const [erp, crm, ...others] = parse({ erp: ERP, crm: members }, environment);
    expect(others).toEqual([]);
    expect(erp).toMatchObject({
      name: "erp",
      streamPattern: "erp.public.*",
      policy: { batchSize: 20, forceBatchAfterMs: 9_000 },
      rules: { excluded_tables: ["public.tmp"] },
    });
    expect(crm).toMatchObject({
      name: "crm",
      streamPattern: "crm.public.*",
      tablesFile: "crm.json",
      retentionMs: null,
      policy: { batchSize: 500, batchTimeoutMs: 500, forceBatchAfterMs: 9_000 },
      tablePolicies: [{ tables: "public.a,b" }, { tables: "public.log", policy: { batchSize: 7 } }],
      maxBufferBytes: 10_485_760,
      proofIndex: false,
      rules: { excluded_tables: [], included_tables: ["public.*"] },
      commitment: "fields",
    });
  });

  test("may share a connector's prefix: the first one reads the streams beside the tables", () => {
    const databases = parse({
      production: { stream_pattern: "etrap.public.*" },
      analytics: { stream_pattern: "etrap.analytics.*" },
      crm: CRM,
    });
    expect(databases.map(({ readsBeside }) => readsBeside)).toEqual([true, false, true]);
  });

  test.each([
    ["two patterns that one stream matches", { erp: ERP, crm: { stream_pattern: "erp.*" } }],
    ["two databases without a pattern", { erp: {}, crm: {} }],
    ["a pattern that takes in another's transactions", { erp: ERP, crm: { stream_pattern: "erp.t*" } }],
  ])("are refused with %s", (_, databases) => {
    expect(faults(databases)).toMatch(
      /erp\.stream_pattern and crm\.stream_pattern in databases\.json: expected patterns that share no stream/,
    );
  });

  test("name every fault at once, each by its place, and one of the environment once", () => {
    const databases = {
      erp: { ...ERP, batch_size: 0, excluded_tables: ["secret"], batchsize: 5, lease: 2 },
      crm: {
        ...CRM,
        min_batch_size: 2_000,
        force_immediate: "secret",
        table_policies: { "public.a": { x: "secret" } },
      },
      hr: { stream_pattern: "hr.*", min_batch_size: 2_000, excluded_columns: ["secret"] },
    };
    const said = faults(databases, { ETRAP_BATCH_TIMEOUT: "soon", REDIS_PORT: "no", ETRAP_DATABASE: "erp" });
    expect(
      said
        .split("\n  ")
        .slice(1)
        .map((fault) => fault.split(":")[0]),
    ).toEqual([
      "REDIS_PORT",
      "ETRAP_DATABASE",
      "erp.batchsize in databases.json",
      "erp.lease in databases.json",
      "erp.batch_size in databases.json",
      "ETRAP_BATCH_TIMEOUT",
      "crm.table_policies in databases.json.public.a.x",
    ]);
    expect(said).not.toMatch(/secret|soon/);
    const between = faults({ erp: { ...ERP, excluded_tables: ["secret"] }, hr: databases.hr });
    expect(between).toMatch(/hr\.min_batch_size in databases\.json: expected at most ETRAP_BATCH_SIZE/);
    expect(between).toMatch(/hr\.excluded_columns in databases\.json: .*number 1/);
    expect(between).toMatch(/erp\.excluded_tables in databases\.json: .*number 1/);
  });

  test.each([
    ["no JSON", "erp: {}", /^ {2}databases\.json: expected a JSON object such as/m],
    ["no object", "[]", /^ {2}databases\.json: expected a JSON object/m],
    ["null", "null", /^ {2}databases\.json: expected a JSON object/m],
    [
      "a database twice",
      '{"erp": {"stream_pattern": "a.*"}, "erp": {"stream_pattern": "b.*"}}',
      /^ {2}databases\.json: expected a JSON object such as .*, no name in it twice$/m,
    ],
    [
      "a setting twice",
      '{"erp": {"stream_pattern": "a.*", "stream_pattern": "b.*"}}',
      /^ {2}databases\.json: expected .*, no name in it twice$/m,
    ],
    ["settings in a list", '{"constructor": []}', /"constructor" in databases\.json: expected an object of settings/],
    ["no database", "{}", /^ {2}databases\.json: expected at least one database$/m],
    [
      "a database that is no object",
      '{"erp": "erp.public.*"}',
      /^ {2}"erp" in databases\.json: expected an object of settings$/m,
    ],
    ["an empty name", '{"": {}}', /^ {2}"" in databases\.json: expected a name of 1 to 63 characters$/m],
  ])("are refused where the file holds %s", (_, content, fault) => {
    expect(faultsOf(FILE, content)).toMatch(fault);
  });

  test("are refused where the file cannot be read, beside the other faults", () => {
    const said = faultsOf({ ETRAP_DATABASES_FILE: "/nowhere/databases.json" });
    expect(said).toMatch(/ETRAP_ORG_ID: missing\n.*ETRAP_DATABASES_FILE: .*ENOENT/);
  });

  test("of which a command takes one: the one that is named, or the only one", () => {
    const settings = parseSettings(FILE, () => JSON.stringify({ erp: ERP, crm: CRM }));
    expect(chooseDatabase(settings, "crm").streamPattern).toBe("crm.public.*");
    expect(() => chooseDatabase(settings, undefined)).toThrow(/--database erp, crm/);
    expect(() => chooseDatabase(settings, "hr")).toThrow(/got --database hr/);
    const single = parseSettings(FILE, () => JSON.stringify({ erp: ERP }));
    expect(chooseDatabase(single, undefined).name).toBe("erp");
    expect(() => chooseDatabase(single, "hr")).toThrow(/expected one database/);
  });

  test("without a file there is one, under whatever name", () => {
    const settings = parseSettings({ ...ORG, ETRAP_DATABASE: "erp" });
    expect(chooseDatabase(settings, undefined).name).toBe("erp");
    expect(chooseDatabase(settings, "crm").name).toBe("crm");
    expect(() => chooseDatabase(settings, "")).toThrow(/1 to 63 characters/);
  });
});
