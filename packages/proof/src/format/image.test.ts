import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toCanonical } from "../bytes/canonical-json.ts";
import { bytesToHex, digest, DOMAIN, hexToBytes } from "../bytes/digest.ts";
import { commitToEntry } from "./entry.ts";
import { commitToImage, undisclosedColumns, hideColumns, isImage, disclosedValues } from "./image.ts";
import type { Image, OpenedFields, Value } from "./image.ts";
import { anImage, aSalt } from "../fixtures/arbitraries.ts";
import { sampleSalt } from "../fixtures/sample-batch.ts";
import { openImage, commitAndEncodeImage } from "../build/commit-and-encode.ts";

const fieldsOf = (values: Record<string, Value>): OpenedFields => {
  const image = openImage(values, "fields", sampleSalt);
  if (!("fields" in image)) throw new Error("expected fields");
  return image;
};

test("row: SHA-256(0x02 ‖ salt ‖ canonical image)", () => {
  const image = { salt: "ab".repeat(16), values: { b: null, a: "1" } };
  expect(commitToImage(image)).toBe(digest(0x02, { bytes: hexToBytes(image.salt), text: '{"a":"1","b":null}' }));
});

test("fields: SHA-256(0x04 ‖ canonical list of names and digests), names in UTF-16 order", () => {
  const salt = "cd".repeat(16);
  const one = digest(0x03, { bytes: hexToBytes(salt), text: "true" });
  const two = digest(0x03, { bytes: hexToBytes(salt), text: '["x",null]' });
  const fields = { "\u{1F600}": { salt, value: ["x", null] }, "\uFF5E": { salt, value: true } };
  // U+1F600 begins with the unit D83D, so it comes before U+FF5E though its code point is larger.
  const list = `[["\u{1F600}","${two}"],["\uFF5E","${one}"]]`;
  expect(commitToImage({ fields })).toBe(digest(DOMAIN.fields, { text: list }));
});

test("commitAndEncodeImage returns the commitment and the opening of openImage and commitToImage", () => {
  fc.assert(
    fc.property(anImage, fc.constantFrom("row", "fields"), aSalt, (values, commitment, salt) => {
      const image = openImage(values, commitment, () => salt);
      expect(commitAndEncodeImage(values, { commitment, salt: () => salt })).toEqual({
        digest: commitToImage(image),
        opening: toCanonical(image),
      });
    }),
  );
});

test("an opened image discloses its values, under any names", () => {
  fc.assert(
    fc.property(anImage, fc.constantFrom("row", "fields"), (values, commitment) => {
      const image = openImage(values, commitment, sampleSalt);
      expect(disclosedValues(image)).toEqual(values);
      expect(undisclosedColumns(image)).toEqual([]);
    }),
  );
});

test("hiding columns keeps the commitment and removes their values and salts", () => {
  fc.assert(
    fc.property(anImage, fc.func(fc.boolean()), (values, isShown) => {
      const image = fieldsOf(values);
      const shown = new Set(Object.keys(values).filter((name) => isShown(name)));
      const hidden = hideColumns(image, shown);
      expect(commitToImage(hidden)).toBe(commitToImage(image));
      expect(new Set(Object.keys(disclosedValues(hidden)))).toEqual(shown);
      expect(new Set(undisclosedColumns(hidden))).toEqual(
        new Set(Object.keys(values).filter((name) => !shown.has(name))),
      );
    }),
  );
});

test("two images have one commitment if and only if they and their salts are the same", () => {
  fc.assert(
    fc.property(
      fc.tuple(anImage, aSalt),
      fc.tuple(anImage, aSalt),
      fc.constantFrom("row", "fields"),
      fc.boolean(),
      fc.boolean(),
      (one, two, commitment, isSameImage, isSameSalt) => {
        const other = [isSameImage ? one[0] : two[0], isSameSalt ? one[1] : two[1]] as const;
        const commit = ([values, salt]: readonly [Image, string]): string =>
          commitToImage(openImage(values, commitment, () => salt));
        // Without columns, `fields` has no salt.
        const isSalted = commitment === "row" || Object.keys(one[0]).length > 0;
        const isSame = toCanonical(one[0]) === toCanonical(other[0]) && (one[1] === other[1] || !isSalted);
        expect(commit(one) === commit(other)).toBe(isSame);
      },
    ),
    { numRuns: 300 },
  );
});

test.each(["", "zz", "0".repeat(31), "0".repeat(33), "A".repeat(32), `${"0".repeat(32)}\n`])(
  "a salt that is none is refused: %j",
  (salt) => {
    for (const commitment of ["row", "fields"] as const) {
      expect(() => commitToImage(openImage({ a: "1" }, commitment, () => salt))).toThrow(
        expect.objectContaining({ code: "BAD_ARGUMENT", place: "salt" }),
      );
    }
    expect(() => commitToEntry({ salt, bytes: "00" })).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  },
);

describe("an undisclosed value cannot be confirmed by guessing", () => {
  test("a boolean column: both guesses fail, with no salt or with any that the guesser has", () => {
    const image = fieldsOf({ id: "1", is_guilty: true });
    const { fields } = hideColumns(image, new Set(["id"]));
    const hidden = fields["is_guilty"];
    const shown = fields["id"];
    if (hidden === undefined || !("digest" in hidden)) throw new Error("expected a digest alone");
    if (shown === undefined || !("salt" in shown)) throw new Error("expected a shown column");
    expect(Object.keys(hidden)).toEqual(["digest"]);
    const salts = [new Uint8Array(), new Uint8Array(16), hexToBytes(shown.salt)];
    for (const guess of ["true", "false"]) {
      for (const salt of salts) expect(digest(DOMAIN.field, { bytes: salt, text: guess })).not.toBe(hidden.digest);
      // Nor does another kind of hash of the same bytes confirm it.
      expect(digest(DOMAIN.row, { bytes: salts[1] ?? new Uint8Array(), text: guess })).not.toBe(hidden.digest);
    }
  });

  test("every column has a salt of its own", () => {
    const { fields } = fieldsOf({ a: "same", b: "same", c: "same" });
    const digests = Object.values(hideColumns({ fields }, new Set()).fields).map(
      (field) => "digest" in field && field.digest,
    );
    expect(new Set(digests).size).toBe(3);
  });
});

test("a field's digest cannot pass for a value, nor a row's commitment for fields", () => {
  const image = fieldsOf({ a: "1" });
  const [field] = Object.values(hideColumns(image, new Set()).fields);
  expect(field !== undefined && "digest" in field && field.digest).not.toBe(commitToImage(image));
  expect(commitToImage({ salt: "0".repeat(32), values: { a: "1" } })).not.toBe(commitToImage(image));
});

test("a faster SHA-256 gives the same commitment", () => {
  const image = fieldsOf({ a: "1", b: null });
  let calls = 0;
  const counting = (data: Uint8Array): Uint8Array => {
    calls += 1;
    return sha256(data);
  };
  expect(commitToImage(image, counting)).toBe(commitToImage(image));
  expect(calls).toBe(3);
});

test("an image larger than the reused buffer hashes the same", () => {
  for (const length of [5_000, 16_366, 16_367, 16_384, 40_000]) {
    const values = { a: "\u20ac".repeat(length / 3) };
    const bytes = new TextEncoder().encode(`{"a":"${values.a}"}`);
    const expected = bytesToHex(sha256(Uint8Array.of(2, ...hexToBytes("ab".repeat(16)), ...bytes)));
    expect(commitToImage({ salt: "ab".repeat(16), values })).toBe(expected);
  }
});

test.each<[string, unknown, boolean]>([
  ["text, booleans, null and lists of them", { a: "1", b: true, c: null, d: [["x"], [null]] }, true],
  ["no columns", {}, true],
  ["a column named __proto__", JSON.parse('{"__proto__":"1"}'), true],
  ["a number", { a: 1 }, false],
  ["an object", { a: { b: "1" } }, false],
  ["a lone surrogate", { a: "\ud800" }, false],
  ["a lone surrogate in a name", { "\udc00": "a" }, false],
  ["six dimensions", { a: [[[[[["x"]]]]]] }, true],
  ["seven dimensions", { a: [[[[[[["x"]]]]]]] }, false],
  ["a list", [], false],
  ["nothing", null, false],
  ["a Map, whose members are not its own", new Map([["id", "1"]]), false],
  [
    "an instance of a class, which may hold more",
    new (class Row {
      readonly id = "1";
    })(),
    false,
  ],
  ["a hole in a list", { a: Array<string>(1) }, false],
  ["a value that is none", { a: undefined }, false],
  ["an object without a prototype", Object.assign(Object.create(null) as object, { id: "1" }), true],
])("%s: %#", (_, values, expected) => {
  expect(isImage(values)).toBe(expected);
});
