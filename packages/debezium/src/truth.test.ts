import { readFileSync } from "node:fs";
import { compareChanges, readRecording, recordingNames, tablesFile } from "@etrap/testdata";
import type { DecodedChange } from "@etrap/testdata";
import { describe, expect, test } from "vitest";
import { createDecoder } from "./decoder.ts";
import { parseTableDescriptions } from "./tables/table-descriptions.ts";

const tables = parseTableDescriptions(JSON.parse(readFileSync(tablesFile, "utf8")));
const decode = createDecoder({ nameDatabase: (name) => name ?? "unknown", tables });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function decodeRecording(name: string): DecodedChange[] {
  return readRecording(name).flatMap(({ stream, id, fields }) => {
    const entry = decode(fields.flat().map(bytes));
    if (entry.kind === "poison") throw new Error(`${stream} ${id}: ${entry.reason}`);
    return entry.kind === "change" ? [{ stream, id, ...entry }] : [];
  });
}

describe.each(["extended-schemas-on", "extended-schemas-off"])("%s", (name) => {
  const changes = decodeRecording(name);

  test("every value is PostgreSQL's own text, or omitted with a reason", () => {
    expect(compareChanges(name, changes)).toEqual([]);
  });

  test("the comparison finds every kind of difference", () => {
    const at = changes.findIndex(({ after, table }) => table === "account" && after?.["owner"] === "third");
    const change = changes[at];
    if (change === undefined) throw new Error("expected a row of account");
    const withAt = (...replacements: DecodedChange[]): DecodedChange[] => [
      ...changes.slice(0, at),
      ...replacements,
      ...changes.slice(at + 1),
    ];
    expect(compareChanges(name, withAt({ ...change, after: { ...change.after, owner: "Third" } }))).toHaveLength(1);
    expect(
      compareChanges(name, withAt({ ...change, after: { id: "3" }, omitted: { after: { owner: "LOSSY_TYPE" } } })),
    ).toHaveLength(1);
    expect(compareChanges(name, withAt({ ...change, after: { id: "3" } }))).toHaveLength(1);
    expect(compareChanges(name, withAt({ ...change, after: { ...change.after, extra: "1" } }))).toHaveLength(1);
    expect(compareChanges(name, withAt({ ...change, key: null }))).toHaveLength(1);
    expect(compareChanges(name, withAt())).toHaveLength(1);
    expect(compareChanges(name, withAt(change, change))).toHaveLength(1);
    expect(compareChanges(name, changes.toReversed()).length).toBeGreaterThan(1);
  });
});

test.each(recordingNames)("%s has changes, and no poison", (name) => {
  expect(decodeRecording(name).length).toBeGreaterThan(100);
});
