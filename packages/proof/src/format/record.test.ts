import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { isRecord, recordSchema } from "./record.ts";
import { aRecord } from "../fixtures/arbitraries.ts";

const NO_COMMITMENTS = { key: null, before: null, after: null, omitted: null, raw: null, reason: null };
const aSpoiltMember = fc.constantFrom<unknown>(
  null,
  undefined,
  "",
  "\ud800",
  "x".repeat(64),
  "é".repeat(128),
  "x".repeat(1025),
  "00",
  "-1",
  "1-2-3-4-5",
  "9".repeat(39),
  "9".repeat(40),
  -1,
  0,
  1.5,
  2 ** 53,
  Number.NaN,
  [],
  {},
  { key: { a: "NOT A CODE" } },
);

test("isRecord accepts exactly the records that the schema accepts", () => {
  const name = fc.constantFrom(...Object.keys(fc.sample(aRecord, 1)[0] ?? {}), "another");
  const aFewSpoilt = fc.tuple(aRecord, fc.boolean(), fc.dictionary(name, aSpoiltMember, { maxKeys: 2 }));
  fc.assert(
    fc.property(aFewSpoilt, ([record, isBare, spoilt]) => {
      const given = { ...record, ...(isBare ? NO_COMMITMENTS : {}), ...spoilt };
      expect(isRecord(given)).toBe(v.is(recordSchema, given));
    }),
    { numRuns: 2_000 },
  );
});
