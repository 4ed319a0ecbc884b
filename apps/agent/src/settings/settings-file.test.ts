import { expect, test } from "vitest";
import { parseSettingsFile } from "./settings-file.ts";

const FILE = "etrap.yaml";

test("names settings as their variables, in small letters", () => {
  const text = `
# A comment.
org_id: acme
batch_size: 0500
store_proof_index: off
included_tables: [public.*, "audit.account"]
table_policies: { "public.log_*": { batch_size: 5000 } }
redis: { host: redis.internal, port: 6380 }
near:
  account_id: agent.acme.near
s3: { bucket: etrap-acme }
aws: { region: eu-central-1 }
databases:
  erp: { stream_pattern: erp.public.*, batch_timeout: 0.5 }
`;
  expect(parseSettingsFile(FILE, text)).toEqual({
    kind: "valid",
    variables: {
      ETRAP_ORG_ID: "acme",
      // What was written, whatever YAML makes of it.
      ETRAP_BATCH_SIZE: "0500",
      ETRAP_STORE_PROOF_INDEX: "off",
      ETRAP_INCLUDED_TABLES: "public.*,audit.account",
      ETRAP_TABLE_POLICIES: '{"public.log_*":{"batch_size":"5000"}}',
      REDIS_HOST: "redis.internal",
      REDIS_PORT: "6380",
      NEAR_ACCOUNT_ID: "agent.acme.near",
      ETRAP_S3_BUCKET: "etrap-acme",
      AWS_REGION: "eu-central-1",
      ETRAP_DATABASES: '{"erp":{"stream_pattern":"erp.public.*","batch_timeout":"0.5"}}',
    },
  });
});

test("takes JSON too, and a file that is empty or all comment", () => {
  expect(parseSettingsFile("etrap.json", '{"org_id": "acme", "redis": {"port": 6380}}')).toEqual({
    kind: "valid",
    variables: { ETRAP_ORG_ID: "acme", REDIS_PORT: "6380" },
  });
  for (const text of ["", "# nothing\n"])
    expect(parseSettingsFile(FILE, text)).toEqual({ kind: "valid", variables: {} });
});

test.for([
  ["a name twice", "org_id: a\norg_id: b\n", /etrap\.yaml:2:1: expected each name once/],
  ["a name twice in a section", "redis: {host: a, host: b}\n", /expected each name once/],
  ["an anchor", "org_id: &a acme\n", /no anchors, aliases and tags/],
  ["an alias", "a: &x {b: c}\nd: *x\n", /no anchors, aliases and tags/],
  ["a tag", "org_id: !!binary YWNtZQ==\n", /no anchors, aliases and tags/],
  ["a tab", "redis:\n\thost: a\n", /expected spaces, not tabs|not valid YAML/],
  ["what is no YAML", "redis: {host: secret-host\n", /etrap\.yaml:\d+:\d+: is not valid YAML/],
  ["a list", "- a\n", /expected names and values/],
  ["a text", "hello\n", /expected names and values/],
  ["two documents", "org_id: a\n---\norg_id: b\n", /not valid YAML/],
  ["a large file", `org_id: ${"a".repeat(1 << 20)}\n`, /at most 1 MB/],
  ["a section in place of a value", "org_id: {a: b}\n", /org_id: expected one value/],
  ["a value in place of a section", "redis: redis.internal\n", /redis: expected a section/],
  ["a name of another form", "Batch-Size: 5\n", /"Batch-Size": expected a name such as batch_size/],
  [
    "a secret",
    "redis: {password: hunter2}\n",
    /redis\.password: secrets do not belong here; set REDIS_PASSWORD or REDIS_PASSWORD_FILE/,
  ],
  ["a key", "near: {private_key: 'ed25519:hunter2'}\n", /near\.private_key: secrets do not belong here/],
] as const)("refuses %s", ([, text, problem]) => {
  const parsed = parseSettingsFile(FILE, text);
  expect(parsed).toEqual({ kind: "invalid", problems: expect.arrayContaining([expect.stringMatching(problem)]) });
  expect(JSON.stringify(parsed)).not.toMatch(/hunter2|secret-host/);
});

test("a file of billions of laughs ends at once", () => {
  const lines = Array.from(
    { length: 30 },
    (_, n) =>
      `a${n}: &a${n} [${
        n === 0
          ? "x"
          : Array(9)
              .fill(`*a${n - 1}`)
              .join(",")
      }]`,
  );
  expect(parseSettingsFile(FILE, lines.join("\n"))).toMatchObject({ kind: "invalid" });
});
