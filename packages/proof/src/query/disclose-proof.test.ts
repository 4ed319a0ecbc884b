import { describe, expect, test } from "vitest";
import { discloseProof } from "./disclose-proof.ts";
import { encodeProofFile } from "../format/proof-file.ts";
import { sampleDocuments, samplePoison, sampleRow } from "../fixtures/sample-batch.ts";
import { verifyBatch } from "../verify/verify-batch.ts";
import { verifyProof } from "../verify/verify-proof.ts";

const values = { id: "1", owner: "Ana", is_guilty: true, iban: "secret-iban" };
const ofFields = verifyBatch(sampleDocuments([sampleRow(0), sampleRow(1, values, "fields")].map(asFields))).prove(1);
const ofRow = verifyBatch(sampleDocuments([sampleRow(0), sampleRow(1, values)])).prove(1);

function asFields(_: unknown, index: number): ReturnType<typeof sampleRow> {
  return sampleRow(index, index === 1 ? values : undefined, "fields");
}

describe("of a fields commitment", () => {
  const shown = discloseProof(ofFields, { key: "all", after: ["id", "owner"] });
  const verified = verifyProof(encodeProofFile(shown));

  test("shows the chosen columns, and the proof still verifies", () => {
    expect(verified.payload.after).toMatchObject({ fields: { id: { value: "1" }, owner: { value: "Ana" } } });
    expect(verified.payload.key).toEqual(ofFields.payload.key);
    expect(verified.batchId).toBe(ofFields.batch_id);
  });

  test("names the other columns as hidden", () => {
    expect(verified.hidden).toEqual([
      { part: "after", column: "iban" },
      { part: "after", column: "is_guilty" },
    ]);
  });

  test("removes the values and salts of the other columns from the file", () => {
    const text = new TextDecoder().decode(encodeProofFile(shown));
    expect(text).not.toContain("secret-iban");
    const { after } = ofFields.payload;
    if (after === null || !("fields" in after)) throw new Error("expected fields");
    const { iban } = after.fields;
    if (iban === undefined || !("salt" in iban)) throw new Error("expected a salt");
    expect(text).not.toContain(iban.salt);
  });

  test("narrows an earlier disclosure, but never widens it", () => {
    expect(discloseProof(shown, { after: ["id"] }).payload).toEqual(discloseProof(ofFields, { after: ["id"] }).payload);
    expect(() => discloseProof(shown, { after: ["iban"] })).toThrow(
      expect.objectContaining({ code: "NOT_DISCLOSABLE" }),
    );
  });

  test("without columns leaves the names and the digests", () => {
    const { hidden, verdict } = verifyProof(encodeProofFile(discloseProof(ofFields, {})));
    expect(hidden).toHaveLength(5);
    expect(verdict).toBe("pending");
  });

  test.each(["nobody", "__proto__", "constructor"])("refuses a column that does not exist: %s", (name) => {
    expect(() => discloseProof(ofFields, { after: [name] })).toThrow(
      expect.objectContaining({ code: "NOT_DISCLOSABLE", place: "after" }),
    );
  });

  test("refuses an image that does not exist", () => {
    expect(() => discloseProof(ofFields, { before: ["id"] })).toThrow(
      expect.objectContaining({ code: "NOT_DISCLOSABLE", place: "before" }),
    );
  });
});

describe("of a row commitment", () => {
  test("shows an image whole or not at all", () => {
    const shown = verifyProof(encodeProofFile(discloseProof(ofRow, { key: "all" })));
    expect(shown.payload).toMatchObject({ key: ofRow.payload.key, after: null });
    expect(shown.hidden).toEqual([{ part: "after", column: null }]);
  });

  test("refuses single columns", () => {
    expect(() => discloseProof(ofRow, { after: ["id"] })).toThrow(
      expect.objectContaining({ code: "NOT_DISCLOSABLE", place: "after" }),
    );
  });
});

test("a poison entry is shown only on request", () => {
  const poison = verifyBatch(sampleDocuments([samplePoison(0)])).prove(0);
  expect(discloseProof(poison, {}).payload.entry).toBeNull();
  expect(verifyProof(encodeProofFile(discloseProof(poison, {}))).hidden).toEqual([{ part: "entry", column: null }]);
  expect(discloseProof(poison, { entry: "all" }).payload).toEqual(poison.payload);
});

describe("no column can be committed twice with two values", () => {
  const { fields } = Object(ofFields.payload.after);
  const good = new TextDecoder().decode(encodeProofFile(ofFields));
  const owner = JSON.stringify({ salt: fields.owner.salt, value: "Ana" });
  const other = JSON.stringify({ salt: "0".repeat(32), value: "Bob" });

  test.each<[string, string, string]>([
    ["a name twice", good.replace(`"owner":${owner}`, `"owner":${owner},"owner":${other}`), "NOT_CANONICAL"],
    ["a name twice, out of order", good.replace(`"is_guilty":`, `"owner":${other},"is_guilty":`), "NOT_CANONICAL"],
    [
      "names out of order",
      good.replace(/"after":\{"fields":\{(.*?)\}\},"before"/, (_, all: string) => {
        const [first = "", ...rest] = all.split(/(?<=\}),/);
        return `"after":{"fields":{${[...rest, first].join(",")}}},"before"`;
      }),
      "NOT_CANONICAL",
    ],
    [
      "a second column under the name's look-alike",
      good.replace(`"owner":${owner}`, `"owner":${owner},"ownеr":${other}`),
      "COMMITMENT_MISMATCH",
    ],
    ["a column left out", good.replace(`,"owner":${owner}`, ""), "COMMITMENT_MISMATCH"],
    [
      "a column's digest under another name",
      good.replace(`"owner":${owner}`, `"ownfr":${owner}`),
      "COMMITMENT_MISMATCH",
    ],
    ["another value", good.replace(`"owner":${owner}`, `"owner":${other}`), "COMMITMENT_MISMATCH"],
    [
      "a row's opening in its place",
      good.replace(
        /"after":\{"fields":\{.*?\}\},"before"/,
        `"after":{"salt":"${"0".repeat(32)}","values":{}},"before"`,
      ),
      "COMMITMENT_MISMATCH",
    ],
  ])("%s", (_, forged, code) => {
    expect(forged).not.toBe(good);
    expect(() => verifyProof(new TextEncoder().encode(forged))).toThrow(expect.objectContaining({ code }));
  });
});
