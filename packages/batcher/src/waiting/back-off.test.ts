import { describe, expect, test } from "vitest";
import { backOff } from "./back-off.ts";
import { STORE_RESTS } from "../record/store-object.ts";

describe("the time to wait", () => {
  const waits = (random: number): number[] =>
    Array.from({ length: 12 }, (_, failures) => backOff(failures, random, STORE_RESTS));

  test("doubles from a tenth of a second up to half a minute", () => {
    expect(waits(0)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    expect(backOff(1e9, 0, STORE_RESTS)).toBe(30_000);
  });

  test("is less by chance, up to a half of it", () => {
    expect(waits(0.5).slice(0, 3)).toEqual([75, 150, 300]);
    expect(waits(1 - 2 ** -32).at(-1)).toBe(15_000);
  });
});
