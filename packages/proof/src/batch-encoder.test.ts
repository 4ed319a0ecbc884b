import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { encodeBatchData } from "./batch-data.ts";
import { createBatchEncoder } from "./batch-encoder.ts";
import { createBatchData, recordTree } from "./create-batch-data.ts";
import { aHeader, aPayload, aRecord } from "./testing/arbitraries.ts";
import { sampleHeader, sampleRow } from "./testing/sample-batch.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("gives the bytes of the document that createBatchData makes, whatever stands in it", () => {
  const aRow: fc.Arbitrary<Row> = fc.record({ record: aRecord, payload: aPayload });
  fc.assert(
    fc.property(fc.array(aRow, { minLength: 1, maxLength: 12 }), aHeader, fc.boolean(), (rows, header, proofIndex) => {
      const encoder = createBatchEncoder(rows);
      const tree = recordTree(rows.map(({ record }) => record));
      expect(encoder.tree.levels).toEqual(tree.levels);
      expect(text(encoder.encode(header, { proofIndex }))).toBe(
        text(encodeBatchData(createBatchData(header, rows, tree, { proofIndex }))),
      );
    }),
  );
});

test.each([1, 2, 3, 16, 17, 1000])(
  "lists the proofs of %i leaves, also those of which a node is carried up",
  (count) => {
    const rows = Array.from({ length: count }, (_, index) => sampleRow(index));
    const header = sampleHeader(rows);
    const tree = recordTree(rows.map(({ record }) => record));
    expect(text(createBatchEncoder(rows).encode(header))).toBe(
      text(encodeBatchData(createBatchData(header, rows, tree))),
    );
  },
);

test("refuses a row that has no canonical text", () => {
  const { record, payload } = sampleRow(0);
  const refusal = expect.objectContaining({ code: "NOT_CANONICAL" });
  expect(() => createBatchEncoder([{ record: { ...record, table: "\ud800" }, payload }])).toThrow(refusal);
  const spoilt = { ...payload, after: { salt: "ab".repeat(16), values: { a: "\ud800" } } };
  expect(() => createBatchEncoder([{ record, payload: spoilt }]).encode(sampleHeader([sampleRow(0)]))).toThrow(refusal);
});
