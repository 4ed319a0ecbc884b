import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeHeader } from "./header.ts";
import { encodePayloadDocument } from "./payload-document.ts";
import { encodeProofFile } from "./proof-file.ts";
import { encodeRecord } from "./record.ts";
import { aBatchData, aHeader, anAnchor, aPayload, aRecord } from "../fixtures/arbitraries.ts";
import { jsonSchemas } from "../fixtures/json-schemas.ts";
import { sampleDocuments, sampleRow } from "../fixtures/sample-batch.ts";
import { verifyBatch } from "../verify/verify-batch.ts";

const FOLDER = new URL("../../schemas/", import.meta.url);
const rows = [sampleRow(0), sampleRow(1, { id: "1", owner: null }, "row")];
const batch = sampleDocuments(rows);

const isValid = (file: string): ((document: unknown) => boolean) => {
  const validate = new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
  return (document) => validate(document);
};

const decoded = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

test("the published schemas are made from the schemas of the parsers", async () => {
  const published = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  expect(new Set(published)).toEqual(new Set(jsonSchemas().keys()));
  // vitest -u writes the files.
  for (const [name, text] of jsonSchemas()) await expect(text).toMatchFileSnapshot(`../../schemas/${name}`);
});

test("every document that can be written is valid", () => {
  const checks: readonly [string, fc.Arbitrary<Uint8Array>][] = [
    ["etrap-record-0.schema.json", aRecord.map(encodeRecord)],
    ["etrap-header-0.schema.json", aHeader.map(encodeHeader)],
    [
      "etrap-payload-0.schema.json",
      aPayload.map((payload) =>
        encodePayloadDocument({
          format: "etrap-payload/0",
          batch_id: "BATCH-2025-06-13-0123456789abcdef-T0",
          rows: [payload],
        }),
      ),
    ],
    [
      "etrap-proof-0.schema.json",
      fc
        .tuple(anAnchor, aPayload, aRecord, aHeader)
        .map(([anchor, payload, record, header]) =>
          encodeProofFile({ ...verifyBatch(batch).prove(0), anchor, payload, record, headers: [header] }),
        ),
    ],
  ];
  for (const [file, documents] of checks) {
    const validate = isValid(file);
    fc.assert(
      fc.property(documents, (bytes) => validate(decoded(bytes))),
      { numRuns: 50 },
    );
  }
  const validate = isValid("etrap-batch-0.schema.json");
  fc.assert(
    fc.property(aBatchData, (data) => validate(data)),
    { numRuns: 30 },
  );
  for (const [name, bytes] of batch.derived) {
    const kind =
      name === "merkle-tree.json" ? "merkle-tree" : `index-${name.slice("indices/".length, -".json".length)}`;
    expect(isValid(`etrap-${kind}-0.schema.json`)(decoded(bytes))).toBe(true);
  }
});

test("an invalid document is refused", () => {
  const proof = Object(decoded(encodeProofFile(verifyBatch(batch).prove(0))));
  const validate = isValid("etrap-proof-0.schema.json");
  expect(validate(proof)).toBe(true);
  expect(validate({ ...proof, owner: "me" })).toBe(false);
  expect(validate({ ...proof, batch_id: "BATCH-1" })).toBe(false);
  expect(validate({ ...proof, anchor: { kind: "trust me" } })).toBe(false);
  expect(validate({ ...proof, payload: { ...proof.payload, after: { salt: "0".repeat(32), values: { a: 1 } } } })).toBe(
    false,
  );
  expect(validate({ ...proof, record: { ...proof.record, key: proof.record.key.toUpperCase() } })).toBe(false);
});
