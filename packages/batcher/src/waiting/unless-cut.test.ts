import { expect, test } from "vitest";
import { unlessCut } from "./unless-cut.ts";

test("cut before it began, what never comes is not waited for", async () => {
  const promise = unlessCut(AbortSignal.abort(), new Promise<never>(() => {}));
  await expect(promise).rejects.toMatchObject({ code: "CUT_SHORT" });
});

test("leaves no listener behind", async () => {
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);
  const held = unlessCut(signal, Promise.resolve(1));
  expect(listening.size).toBe(1);
  expect(await held).toBe(1);
  expect(listening.size).toBe(0);
});
