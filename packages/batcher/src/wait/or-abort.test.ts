import { expect, test } from "vitest";
import { orAbort } from "./or-abort.ts";

test("orAbort rejects where the signal was aborted before, and does not wait", async () => {
  const promise = orAbort(AbortSignal.abort(), new Promise<never>(() => {}));
  await expect(promise).rejects.toMatchObject({ code: "RUN_ENDED" });
});

test("orAbort leaves no listener behind", async () => {
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);
  const held = orAbort(signal, Promise.resolve(1));
  expect(listening.size).toBe(1);
  expect(await held).toBe(1);
  expect(listening.size).toBe(0);
});
