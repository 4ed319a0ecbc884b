import { describe, expect, test } from "vitest";
import { checkOptions } from "./options.ts";
import type { BatcherOptions } from "./options.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const account = { database: "erp", schema: "public", table: "account" };
const control = { database: "erp", schema: null, table: null };

describe("the defaults", () => {
  test("apply to options that are left out", () => {
    const { policy, maxBytes, proofIndex, drainMs, onEvent, policyOf } = checkOptions(sampleWriter);
    expect({ policy, maxBytes, proofIndex, drainMs }).toEqual({
      policy: DEFAULT_POLICY,
      maxBytes: 100 << 20,
      proofIndex: true,
      drainMs: 30_000,
    });
    expect(policyOf(account)).toEqual(DEFAULT_POLICY);
    expect(onEvent({ type: "reading-paused", bytes: 1 })).toBeUndefined();
  });

  test("apply to members of a policy that are left out", () => {
    expect(checkOptions({ ...sampleWriter, policy: { batchSize: 7 } }).policy).toEqual({
      ...DEFAULT_POLICY,
      batchSize: 7,
    });
  });
});

describe("the problems of options", () => {
  const errorOf = (options: Partial<BatcherOptions>): unknown => {
    try {
      checkOptions({ ...sampleWriter, ...options });
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test.each<[name: string, Partial<BatcherOptions>]>([
    ["organization", { organization: "" }],
    ["organization", { organization: "a".repeat(1025) }],
    ["agent", { agent: "a\ud800" }],
    ["capture.source_name", { capture: { ...sampleWriter.capture, source_name: "" } }],
    ["capture.options", { capture: { ...sampleWriter.capture, options: { plugin: "x".repeat(1025) } } }],
    ["commitment", { commitment: "column" as "row" }],
    ["rules.excluded_tables[0]", { rules: { ...sampleWriter.rules, excluded_tables: ["account"] } }],
    ["batchSize", { policy: { batchSize: 0 } }],
    ["batchSize", { policy: { batchSize: 100_001 } }],
    ["batchSize", { policy: { batchSize: 1.5 } }],
    ["maxBatchBytes", { policy: { maxBatchBytes: 0 } }],
    ["batchTimeoutMs", { policy: { batchTimeoutMs: -1 } }],
    ["minBatchSize", { policy: { minBatchSize: 1001 } }],
    ["forceBatchAfterMs", { policy: { forceBatchAfterMs: Number.NaN } }],
    ["maxBufferBytes", { maxBufferBytes: 0 }],
    ["drainMs", { drainMs: -1 }],
    ["drainMs", { drainMs: 2 ** 31 }],
    ["tablePolicies[0].policy.batchSize", { tablePolicies: [{ tables: "*.log", policy: { batchSize: 0 } }] }],
    // This glob can match nothing.
    ["tablePolicies[0].tables", { tablePolicies: [{ tables: "log", policy: {} }] }],
    // The table takes minBatchSize from the general policy, and only both together are wrong.
    [
      "tablePolicies[0].policy.minBatchSize",
      { policy: { minBatchSize: 9 }, tablePolicies: [{ tables: "*.log", policy: { batchSize: 5 } }] },
    ],
    // The problem of the general policy does not hide that of the table.
    [
      "tablePolicies[0].policy.batchSize",
      { policy: { batchSize: 200_000 }, tablePolicies: [{ tables: "*.log", policy: { batchSize: 0 } }] },
    ],
  ])("name %s: %o", (name, options) => {
    expect(errorOf(options)).toMatchObject({
      code: "BAD_OPTIONS",
      message: expect.stringContaining(`${name}: expected`),
    });
  });

  test.each<[Partial<BatcherOptions>]>([
    [{ policy: { batchSize: 1 } }],
    [{ policy: { batchSize: 100_000, maxBatchBytes: 32 << 20, batchTimeoutMs: 0, forceBatchAfterMs: 0 } }],
    [{ maxBufferBytes: 1, drainMs: 0 }],
    [{ drainMs: 2 ** 31 - 1 }],
    [{ tablePolicies: [{ tables: "*.log", policy: {} }] }],
  ])("are none at the ends of a range: %o", (options) => {
    expect(errorOf(options)).toBeUndefined();
  });

  test("are all named at once", () => {
    const tablePolicies = [{ tables: "a.*", policy: { batchSize: 0, minBatchSize: 0 } }];
    const error = errorOf({
      organization: "",
      policy: { maxBatchBytes: 0 },
      tablePolicies,
      maxBufferBytes: -1,
      drainMs: 0.5,
    });
    const names = [
      "organization",
      "maxBatchBytes",
      "[0].policy.batchSize",
      "[0].policy.minBatchSize",
      "maxBufferBytes",
      "drainMs",
    ];
    for (const name of names) expect(error).toMatchObject({ message: expect.stringContaining(`${name}: expected`) });
  });
});

describe("the policy of a table", () => {
  const { policyOf } = checkOptions({
    ...sampleWriter,
    policy: { batchSize: 500, batchTimeoutMs: 10 },
    tablePolicies: [
      { tables: "audit.*", policy: { batchSize: 1 } },
      { tables: "*.log", policy: { batchSize: 2, batchTimeoutMs: 20 } },
      { tables: "public.log", policy: { batchSize: 3 } },
      { tables: "public.acc????", policy: { batchSize: 4 } },
    ],
  });
  const of = (schema: string, table: string): number => policyOf({ database: "erp", schema, table }).batchSize;

  test("is that of the first entry that matches", () => {
    expect([of("audit", "account"), of("audit", "log"), of("public", "log")]).toEqual([1, 1, 2]);
  });

  test("is found by globs in which * is any text and ? one character, and which match whole names", () => {
    expect([of("public", "account"), of("public", "accounts"), of("public", "acc"), of("x", "logs")]).toEqual([
      4, 500, 500, 500,
    ]);
  });

  test("takes the members that its entry leaves out from the general policy", () => {
    expect(policyOf({ database: "erp", schema: "audit", table: "x" })).toEqual({
      ...DEFAULT_POLICY,
      batchSize: 1,
      batchTimeoutMs: 10,
    });
  });

  test("is the general policy for the control chain, also where a glob matches everything", () => {
    const { policyOf: all } = checkOptions({
      ...sampleWriter,
      tablePolicies: [{ tables: "*", policy: { batchSize: 1 } }],
    });
    expect([all(account).batchSize, all(control).batchSize]).toEqual([1, 1000]);
  });
});
