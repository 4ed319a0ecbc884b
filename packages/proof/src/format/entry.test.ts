import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { abridgeEntry, commitToEntry, commitToFields, encodeEntry } from "./entry.ts";

const SALT = "ab".repeat(16);
const fields = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 });
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test("encodeEntry writes each field after its length, for any length", () => {
  const expected = (field: Uint8Array): string => field.length.toString(16).padStart(8, "0") + bytesToHex(field);
  fc.assert(
    fc.property(fields, (each) => {
      expect(encodeEntry(each)).toBe(each.map(expected).join(""));
    }),
  );
  for (const length of [(1 << 14) - 1, 1 << 14, (1 << 14) + 1, 100_000]) {
    const field = Uint8Array.from({ length }, (_, index) => index * 7);
    expect(encodeEntry([field, field])).toBe(expected(field).repeat(2));
  }
});

test("commitToFields is the commitment to the encoded entry", () => {
  fc.assert(
    fc.property(fields, (each) => {
      expect(commitToFields(each, SALT)).toBe(commitToEntry({ salt: SALT, bytes: encodeEntry(each) }));
    }),
  );
});

test("abridgeEntry keeps the head, the digest and the size of a raw entry", () => {
  fc.assert(
    fc.property(fields, (each) => {
      const raw = hexToBytes(encodeEntry(each));
      const abridged = abridgeEntry(each);
      expect(abridged.filter((_, index) => index % 2 === 0).map(text)).toEqual(["head", "sha256", "size"]);
      expect(abridged[1]).toEqual(raw.slice(0, 1024));
      expect(text(abridged[3])).toBe(bytesToHex(sha256(raw)));
      expect(text(abridged[5])).toBe(String(raw.length));
    }),
  );
});
