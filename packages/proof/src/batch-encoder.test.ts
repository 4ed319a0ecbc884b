import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { encodeBatchData } from "./batch-data.ts";
import { createBatchEncoder } from "./batch-encoder.ts";
import type { RowTexts } from "./batch-encoder.ts";
import { toCanonical } from "./canonical-json.ts";
import { createBatchData, recordTree } from "./create-batch-data.ts";
import { aHeader, aPayload, aRecord } from "./testing/arbitraries.ts";
import { sampleHeader, sampleRow } from "./testing/sample-batch.ts";

/** A row's parts as a writer gives them. */
const textsOf = ({ record, payload }: Row): RowTexts => ({
  record,
  payload: {
    after: toCanonical(payload.after),
    before: toCanonical(payload.before),
    entry: toCanonical(payload.entry),
    key: toCanonical(payload.key),
  },
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("gives the bytes of the document that createBatchData makes, whatever stands in it", () => {
  const aRow: fc.Arbitrary<Row> = fc.record({ record: aRecord, payload: aPayload });
  fc.assert(
    fc.property(fc.array(aRow, { minLength: 1, maxLength: 12 }), aHeader, fc.boolean(), (rows, header, proofIndex) => {
      const encoder = createBatchEncoder(rows.map(textsOf));
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
    expect(text(createBatchEncoder(rows.map(textsOf)).encode(header))).toBe(
      text(encodeBatchData(createBatchData(header, rows, tree))),
    );
  },
);
