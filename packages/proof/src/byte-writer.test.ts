import fc from "fast-check";
import { expect, test } from "vitest";
import { createByteWriter } from "./byte-writer.ts";

test("gives every text and all bytes in their order, whatever size was expected", () => {
  const aPart = fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array());
  const bytesOf = (part: string | Uint8Array): Uint8Array =>
    typeof part === "string" ? new TextEncoder().encode(part) : part;
  fc.assert(
    fc.property(fc.nat(40), fc.array(aPart), (size, parts) => {
      const writer = createByteWriter(size);
      for (const part of parts) {
        if (typeof part === "string") writer.text(part);
        else writer.bytes(part);
      }
      expect([...writer.done()]).toEqual(parts.flatMap((part) => [...bytesOf(part)]));
    }),
  );
});
