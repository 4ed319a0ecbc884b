import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCaptureSource } from "./capture-source.ts";
import { makeFolder } from "../fixtures/run-etrap.ts";

test("gives other tasks a turn at the end of the file", async () => {
  const file = join(await makeFolder(), "capture.jsonl");
  await writeFile(file, '{"stream":"s","id":"1-0","fields":[]}\n');
  const source = createCaptureSource(file, () => ({ kind: "skip", reason: "TOMBSTONE" }));
  const pull = { max: 10, maxBytes: 1, waitMs: 0, paused: new Set<string>(), signal: new AbortController().signal };
  expect(await source.pull(pull)).toHaveLength(1);
  expect(await source.pull(pull)).toEqual([]);
  let hadItsTurn = false;
  setImmediate(() => {
    hadItsTurn = true;
  });
  expect(await source.pull(pull)).toEqual([]);
  expect(hadItsTurn).toBe(true);
});
