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
