import { describe, expect, test } from "vitest";
import { eachAtOnce } from "./each-at-once.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) {
    // Lets calls end before the next item comes.
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield number;
  }
}

test("calls for each item, and never for more at a time than allowed", async () => {
  const [seen, running]: [number[], Set<number>] = [[], new Set()];
  await eachAtOnce(numbers(10), 3, async (number) => {
    running.add(number);
    expect(running.size).toBeLessThanOrEqual(3);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running.delete(number);
    seen.push(number);
  });
  expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});

describe("rejects with the first error", () => {
  test.each([0, 1, 2])("of call %i, which ends before another item comes", async (failing) => {
    const called: number[] = [];
    const each = eachAtOnce(numbers(3), 4, async (number) => {
      called.push(number);
      if (number >= failing) throw new Error(`call ${number}`);
    });
    await expect(each).rejects.toThrow(`call ${failing}`);
    expect(called).toEqual([0, 1, 2].slice(0, failing + 1));
  });

  test("once every call that was begun has ended", async () => {
    let ended = false;
    const each = eachAtOnce(numbers(2), 4, async (number) => {
      if (number === 1) throw new Error("call 1");
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended = true;
    });
    await expect(each).rejects.toThrow("call 1");
    expect(ended).toBe(true);
  });

  test("of the items", async () => {
    async function* failing(): AsyncGenerator<number> {
      yield* numbers(1);
      throw new Error("items");
    }
    await expect(eachAtOnce(failing(), 4, async () => undefined)).rejects.toThrow("items");
  });
});
