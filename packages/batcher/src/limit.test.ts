import { expect, test } from "vitest";
import { createLimit } from "./limit.ts";

test("so many work at once, the others in the order of coming, whatever becomes of them", async () => {
  const limit = createLimit(2, new AbortController().signal);
  const works = Array.from({ length: 6 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const outcomes = works.map(({ promise }, index) =>
    limit(() => {
      begun.push(index);
      return promise;
    }).catch((error: unknown) => error),
  );
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settled();
  expect(begun).toEqual([0, 1]);
  works[1]?.reject(new Error("x"));
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  for (const [index, { resolve }] of works.entries()) resolve(index);
  expect(await Promise.all(outcomes)).toEqual([0, new Error("x"), 2, 3, 4, 5]);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await limit(async () => 7)).toBe(7);
});

test("nobody begins once all is cut", async () => {
  const cut = new AbortController();
  const limit = createLimit(1, cut.signal);
  const work = Promise.withResolvers<number>();
  const first = limit(() => work.promise);
  const second = limit(async () => 2);
  cut.abort();
  work.resolve(1);
  expect(await first).toBe(1);
  await expect(second).rejects.toMatchObject({ code: "CUT_SHORT" });
});
