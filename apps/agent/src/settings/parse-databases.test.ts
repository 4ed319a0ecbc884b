import { expect, test } from "vitest";
import { ORG, problemsOf } from "../fixtures/parse-environment.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Environment } from "./process-variables.ts";
import { parseSettings } from "./settings.ts";

const FILE = { ...ORG, ETRAP_DATABASES_FILE: "databases.json" };
const ERP = { stream_pattern: "erp.public.*" };
const CRM = { stream_pattern: "crm.public.*" };
const parse = (databases: object, environment: Environment = {}): readonly DatabaseSettings[] =>
  parseSettings({ ...FILE, ...environment }, () => JSON.stringify(databases)).databases;
const problems = (databases: object, environment: Environment = {}): string =>
  problemsOf({ ...FILE, ...environment }, JSON.stringify(databases));

test("gives each database its own settings, or else those of the environment", () => {
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
    maxEntryBytes: 33_554_432,
    proofIndex: false,
    rules: { excluded_tables: [], included_tables: ["public.*"] },
    commitment: "fields",
  });
});

test("lets the first database of a topic prefix read the connector's other streams", () => {
  const databases = parse({
    production: { stream_pattern: "etrap.public.*" },
    analytics: { stream_pattern: "etrap.analytics.*" },
    crm: CRM,
  });
  expect(databases.map(({ readsPrefixStreams }) => readsPrefixStreams)).toEqual([true, false, true]);
});

test.each([
  ["two patterns that one stream matches", { erp: ERP, crm: { stream_pattern: "erp.*" } }],
  ["two databases with the default pattern", { erp: {}, crm: {} }],
  ["a pattern that also matches another database's transactions", { erp: ERP, crm: { stream_pattern: "erp.t*" } }],
])("refuses %s", (_, databases) => {
  expect(problems(databases)).toMatch(
    /erp\.stream_pattern and crm\.stream_pattern in databases\.json: expected patterns that share no stream/,
  );
});

test("names every problem at once by its place, and a problem of the environment once", () => {
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
  const message = problems(databases, { ETRAP_BATCH_TIMEOUT: "soon", REDIS_PORT: "no", ETRAP_DATABASE: "erp" });
  expect(
    message
      .split("\n  ")
      .slice(1)
      .map((problem) => problem.split(":")[0]),
  ).toEqual([
    "REDIS_PORT",
    "ETRAP_DATABASE",
    "erp.batchsize in databases.json",
    "erp.lease in databases.json",
    "ETRAP_BATCH_TIMEOUT",
    "erp.batch_size in databases.json",
    "erp.excluded_tables in databases.json",
    "crm.table_policies in databases.json.public.a.x",
    "crm.min_batch_size in databases.json",
    "crm.force_immediate in databases.json",
    "hr.min_batch_size in databases.json",
    "hr.excluded_columns in databases.json",
  ]);
  expect(message).not.toMatch(/secret|soon/);
  const between = problems({ erp: { ...ERP, excluded_tables: ["secret"] }, hr: databases.hr });
  expect(between).toMatch(/hr\.min_batch_size in databases\.json: expected a whole number from 1 to 1000/);
  expect(between).toMatch(/hr\.excluded_columns in databases\.json: .*name 1/);
  expect(between).toMatch(/erp\.excluded_tables in databases\.json: .*name 1/);
});

test.each([
  ["text that is not JSON", "erp: {}", /^ {2}databases\.json: expected a JSON object such as/m],
  ["an array", "[]", /^ {2}databases\.json: expected a JSON object/m],
  ["null", "null", /^ {2}databases\.json: expected a JSON object/m],
  [
    "a database twice",
    '{"erp": {"stream_pattern": "a.*"}, "erp": {"stream_pattern": "b.*"}}',
    /^ {2}databases\.json: expected a JSON object such as .*, without duplicate names$/m,
  ],
  [
    "a setting twice",
    '{"erp": {"stream_pattern": "a.*", "stream_pattern": "b.*"}}',
    /^ {2}databases\.json: expected .*, without duplicate names$/m,
  ],
  ["an array of settings", '{"constructor": []}', /"constructor" in databases\.json: expected an object of settings/],
  ["no database", "{}", /^ {2}databases\.json: expected at least one database$/m],
  [
    "a database that is not an object",
    '{"erp": "erp.public.*"}',
    /^ {2}"erp" in databases\.json: expected an object of settings$/m,
  ],
  ["an empty name", '{"": {}}', /^ {2}"" in databases\.json: expected a name of 1 to 63 characters$/m],
])("refuses a file with %s", (_, content, problem) => {
  expect(problemsOf(FILE, content)).toMatch(problem);
});

test("names a file that cannot be read beside the other problems", () => {
  const message = problemsOf({ ETRAP_DATABASES_FILE: "/nowhere/databases.json" });
  expect(message).toMatch(/ETRAP_ORG_ID: missing\n.*ETRAP_DATABASES_FILE: .*ENOENT/);
});
