import { describe, expect, test } from "vitest";
import { checkOptions } from "./options.ts";
import type { BatcherOptions } from "./options.ts";
import { DEFAULT_POLICY } from "./lanes/policy.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

const account = { database: "erp", schema: "public", table: "account" };
const control = { database: "erp", schema: null, table: null };

describe("what is left out has its default", () => {
  test("of the options", () => {
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

  test("of a policy", () => {
    expect(checkOptions({ ...sampleWriter, policy: { batchSize: 7 } }).policy).toEqual({
      ...DEFAULT_POLICY,
      batchSize: 7,
    });
  });
});

describe("faults", () => {
  const faultOf = (options: Partial<BatcherOptions>): unknown => {
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
    ["rules.excluded_tables", { rules: { ...sampleWriter.rules, excluded_tables: ["account"] } }],
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
    ["*.log: batchSize", { tablePolicies: [{ tables: "*.log", policy: { batchSize: 0 } }] }],
    // It would match nothing, without a word.
    ["tablePolicies", { tablePolicies: [{ tables: "log", policy: {} }] }],
    // What a table leaves out is the general policy's: only together are they wrong.
    [
      "*.log: minBatchSize",
      { policy: { minBatchSize: 9 }, tablePolicies: [{ tables: "*.log", policy: { batchSize: 5 } }] },
    ],
  ])("%s is named: %o", (name, options) => {
    expect(faultOf(options)).toMatchObject({
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
  ])("what is just in its range is none: %o", (options) => {
    expect(faultOf(options)).toBeUndefined();
  });

  test("all are named at once", () => {
    const tablePolicies = [{ tables: "a.*", policy: { batchSize: 0, minBatchSize: 0 } }];
    const fault = faultOf({
      organization: "",
      policy: { maxBatchBytes: 0 },
      tablePolicies,
      maxBufferBytes: -1,
      drainMs: 0.5,
    });
    const names = ["organization", "maxBatchBytes", "a.*: batchSize", "a.*: minBatchSize", "maxBufferBytes", "drainMs"];
    for (const name of names) expect(fault).toMatchObject({ message: expect.stringContaining(`${name}: expected`) });
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

  test("* stands for any text, ? for one character, and nothing matches by half", () => {
    expect([of("public", "account"), of("public", "accounts"), of("public", "acc"), of("x", "logs")]).toEqual([
      4, 500, 500, 500,
    ]);
  });

  test("has of the general one what its entry leaves out", () => {
    expect(policyOf({ database: "erp", schema: "audit", table: "x" })).toEqual({
      ...DEFAULT_POLICY,
      batchSize: 1,
      batchTimeoutMs: 10,
    });
  });

  test("is the general one for the control chain, whatever matches everything", () => {
    const { policyOf: all } = checkOptions({
      ...sampleWriter,
      tablePolicies: [{ tables: "*", policy: { batchSize: 1 } }],
    });
    expect([all(account).batchSize, all(control).batchSize]).toEqual([1, 1000]);
  });
});
