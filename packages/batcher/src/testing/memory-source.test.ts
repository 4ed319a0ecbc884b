import { expect, test } from "vitest";
import { describeChangeSource } from "../suites/change-source-suite.ts";
import { createMemoryCarrier } from "./memory-source.ts";
import { sampleChange } from "./sample-delivery.ts";

describeChangeSource("the memory source", async () => {
  const carrier = createMemoryCarrier();
  let source = carrier.open();
  return {
    append: async (stream, ...numbers) => {
      for (const number of numbers) carrier.append(stream, `${number}-0`, sampleChange(number));
    },
    open: async () => (source = carrier.open()),
    stepBack: async () => source.stepBack(),
    setAway: async (isAway) => carrier.setAway(isAway),
    close: async () => {},
  };
});

test("a stream of the memory carrier takes no entry at or before its last position", () => {
  const carrier = createMemoryCarrier();
  carrier.append("s", "2-0", sampleChange(1));
  expect(() => carrier.append("s", "2-0", sampleChange(1))).toThrow(RangeError);
  expect(() => carrier.append("s", "1-9", sampleChange(1))).toThrow(RangeError);
});
