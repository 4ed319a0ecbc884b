import { expect, test } from "vitest";
import { createProbe } from "./probe.ts";

test("asks once for many questions, and again after five seconds", async () => {
  let [now, asked] = [0, 0];
  const probe = createProbe(
    async () => {
      asked += 1;
      if (asked === 2) throw Object.assign(new Error("away"), { code: "UNAVAILABLE" });
    },
    { now: () => now },
  );
  expect(await Promise.all([probe(), probe(), probe()])).toEqual([undefined, undefined, undefined]);
  now = 4_999;
  expect([await probe(), asked]).toEqual([undefined, 1]);
  now = 5_000;
  expect(await probe()).toEqual({ code: "UNAVAILABLE", message: "away" });
  expect([await probe(), asked]).toEqual([{ code: "UNAVAILABLE", message: "away" }, 2]);
  now = 10_000;
  expect(await probe()).toBeUndefined();
});
