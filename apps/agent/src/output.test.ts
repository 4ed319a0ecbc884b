import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createOutput } from "./output.ts";
import type { Output } from "./output.ts";

/** Returns an output whose stream fails with this code at every write. */
function createFailing(code: string): Output {
  const write = (_chunk: unknown, _encoding: unknown, done: (error: Error) => void): void =>
    done(Object.assign(new Error("cannot write"), { code }));
  return createOutput(new Writable({ write }));
}

test("writes lines", async () => {
  const chunks: string[] = [];
  const output = createOutput(
    new Writable({ write: (chunk, _encoding, done) => (chunks.push(String(chunk)), done()) }),
  );
  output.write("one");
  output.write("two");
  await output.flush();
  expect([chunks.join(""), output.closed.aborted, output.failure()]).toEqual(["one\ntwo\n", false, undefined]);
});

test.each([
  ["EPIPE", undefined],
  ["ENOSPC", "ENOSPC"],
])("closes after %s", async (code, failure) => {
  const output = createFailing(code);
  output.write("one");
  await output.flush();
  output.write("two");
  expect([output.closed.aborted, output.failure()]).toEqual([true, failure]);
});
