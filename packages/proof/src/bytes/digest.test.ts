import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect, test } from "vitest";
import { digest, digestOfParts, manyBytesToHex } from "./digest.ts";

const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);

test.each(["x", "é", "数", "😀"])("digest hashes the domain, the bytes and a text of %s, of any length", (unit) => {
  for (const length of [0, 1, 1_000, 5_000, 5_500, 20_000]) {
    const text = unit.repeat(length);
    const input = Uint8Array.of(2, ...bytes, ...new TextEncoder().encode(text));
    expect(digest(2, { bytes, text })).toBe(bytesToHex(sha256(input)));
    expect(digestOfParts([input.subarray(0, 7), input.subarray(7)])).toBe(bytesToHex(sha256(input)));
  }
});

test("manyBytesToHex returns the text of bytesToHex", () => {
  for (const length of [0, 1, (1 << 14) - 1, 1 << 14, 50_000]) {
    const many = Uint8Array.from({ length }, (_, index) => index * 31);
    expect(manyBytesToHex(many)).toBe(bytesToHex(many));
  }
});
