import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "../format/batch-data.ts";
import { encodeBatchData } from "../format/batch-data.ts";
import { createBatchEncoder } from "./batch-encoder.ts";
import type { RowTexts } from "./batch-encoder.ts";
import { toCanonical } from "../bytes/canonical-json.ts";
import { createBatchData } from "./create-batch-data.ts";
import { recordTree } from "./record-tree.ts";
import { aHeader, aPayload, aRecord } from "../fixtures/arbitraries.ts";
import { sampleHeader, sampleRow } from "../fixtures/sample-batch.ts";

/** Returns a row as a writer passes it to the encoder. */
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

test("returns the bytes of the document that createBatchData creates, for any content", () => {
  const aRow: fc.Arbitrary<Row> = fc.record({ record: aRecord, payload: aPayload });
  fc.assert(
    fc.property(fc.array(aRow, { minLength: 1, maxLength: 12 }), aHeader, fc.boolean(), (rows, header, proofIndex) => {
      const encoder = createBatchEncoder(rows.map(textsOf));
      const tree = recordTree(rows.map(({ record }) => record));
      expect(encoder.tree.levels).toEqual(tree.levels);
      expect(text(encoder.encode(header, { proofIndex }))).toBe(
        text(encodeBatchData(createBatchData({ header, rows, tree }, { proofIndex }))),
      );
    }),
  );
});

test("returns the same bytes for texts that are long, of any characters", () => {
  const rows = ["x", "é", "数", "😀", '"\n'].map((unit, index) =>
    sampleRow(index, { id: String(index), long: unit.repeat(70_000) }),
  );
  const header = sampleHeader(rows);
  const tree = recordTree(rows.map(({ record }) => record));
  expect(text(createBatchEncoder(rows.map(textsOf)).encode(header))).toBe(
    text(encodeBatchData(createBatchData({ header, rows, tree }))),
  );
});

test.each([1, 2, 3, 16, 17, 1000])(
  "lists the proofs of %i leaves, also where an odd last node moves up unchanged",
  (count) => {
    const rows = Array.from({ length: count }, (_, index) => sampleRow(index));
    const header = sampleHeader(rows);
    const tree = recordTree(rows.map(({ record }) => record));
    expect(text(createBatchEncoder(rows.map(textsOf)).encode(header))).toBe(
      text(encodeBatchData(createBatchData({ header, rows, tree }))),
    );
  },
);
