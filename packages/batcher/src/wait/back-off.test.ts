import { describe, expect, test } from "vitest";
import { backOff, STORE_BACK_OFF } from "./back-off.ts";
describe("the back-off for a store", () => {
  const waits = (random: number): number[] =>
    Array.from({ length: 12 }, (_, failures) => backOff(failures, random, STORE_BACK_OFF));

  test("doubles from a tenth of a second up to half a minute", () => {
    expect(waits(0)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    expect(backOff(1e9, 0, STORE_BACK_OFF)).toBe(30_000);
  });

  test("is shortened by chance, by half at most", () => {
    expect(waits(0.5).slice(0, 3)).toEqual([75, 150, 300]);
    expect(waits(1 - 2 ** -32).at(-1)).toBe(15_000);
  });
});
