import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOfKey, segmentOfName } from "./key-path.ts";

const segment = fc
  .string({ unit: fc.constantFrom("A", "B", "a", "b", "0", "_", ".", "%", "~", "-"), minLength: 1, maxLength: 500 })
  .filter((text) => text !== "." && text !== "..");
const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));

describe.each([{ ignoresCase: false }, { ignoresCase: true }])("%o", (style) => {
  test("the key can be read back from its path", () => {
    fc.assert(
      fc.property(key, (original) => {
        let text = "";
        const names = pathOfKey(original, style);
        for (const [index, name] of names.entries()) {
          const part = segmentOfName(name, style);
          text += (part?.text ?? "?") + (part?.continues === true || index === names.length - 1 ? "" : "/");
        }
        expect(text).toBe(original);
      }),
    );
  });

  test("no name is too long, leads upwards or is reserved", () => {
    fc.assert(
      fc.property(key, (original) => {
        for (const name of pathOfKey(original, style)) {
          expect(name.length).toBeLessThanOrEqual(255);
          expect(name).not.toMatch(/^\.{1,2}$|\/|!/);
        }
      }),
    );
  });

  test("two keys never share a path", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const [left, right] = [one, other].map((each) => pathOfKey(each, style).join("/"));
        const same = style.ignoresCase ? left?.toLowerCase() === right?.toLowerCase() : left === right;
        expect(same).toBe(one === other);
      }),
      { examples: [["A", "a"], ["=a", "A"].map((text) => text.replace("=", "-")) as [string, string]] },
    );
  });
});

test.each(["tmp!", "a b", "", "+", "=", "=1", "A"])("the name %j belongs to no key where case is ignored", (name) => {
  expect(segmentOfName(name, { ignoresCase: true })).toBeUndefined();
});
