import fc from "fast-check";
import { expect, test } from "vitest";
import { createByteWriter } from "./byte-writer.ts";

test("returns all texts in order, for any expected size", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.array(fc.string({ unit: "grapheme" })), (size, texts) => {
      const writer = createByteWriter(size);
      for (const text of texts) writer.text(text);
      expect([...writer.done()]).toEqual([...new TextEncoder().encode(texts.join(""))]);
    }),
  );
});

test("returns bytes and texts in the order in which they were written", () => {
  const writer = createByteWriter(0);
  writer.bytes(Uint8Array.of(1, 2));
  writer.text("é😀");
  writer.bytes(Uint8Array.of(3));
  expect([...writer.done()]).toEqual([1, 2, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 3]);
});

test("takes at most one and a half times the bytes of a large text", () => {
  for (const text of ["x".repeat(1 << 20), `é${"x".repeat(1 << 20)}`, "数".repeat(1 << 18)]) {
    const writer = createByteWriter(0);
    writer.text(text);
    const bytes = writer.done();
    expect(bytes.buffer.byteLength).toBeLessThan(1.51 * bytes.length);
  }
});
