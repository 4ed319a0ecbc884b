import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../cli.ts";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

test("writes a line for every batch, in the order of its chain", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines } = await runEtrap(folder, ["--json", "batches", "list"]);
  expect(exit).toBe(0);
  const batches = lines.map((line): { table: string; schema: string; seq: number; changes: number } =>
    JSON.parse(line),
  );
  expect(batches.filter(({ schema }) => schema === "public").map(({ seq, changes }) => [seq, changes])).toEqual([
    [0, 50],
    [1, 50],
    [2, 50],
    [3, 50],
    [4, 8],
  ]);
  expect(batches.filter(({ schema }) => schema === "audit").map(({ seq, changes }) => [seq, changes])).toEqual([
    [0, 50],
    [1, 4],
  ]);
});

test("lists the newest of each chain, and those since a time", async () => {
  const folder = await makeReplayedFolder();
  const list = async (...options: string[]): Promise<number[]> => {
    const { lines } = await runEtrap(folder, ["--json", "batches", "list", "--table", "account", ...options]);
    return lines.map((line): number => JSON.parse(line).seq);
  };
  expect(await list("--limit", "2")).toEqual([3, 4]);
  expect(await list("--limit", "9")).toEqual([0, 1, 2, 3, 4]);
  expect(await list("--since", "2020-01-01")).toEqual([0, 1, 2, 3, 4]);
  expect(await list("--since", "2999-01-01")).toEqual([]);
  for (const [option, value] of [
    ["--limit", "0"],
    ["--limit", "x"],
    ["--since", "soon"],
  ] as const) {
    const { exit, errors } = await runEtrap(folder, ["batches", "list", option, value]);
    expect([exit, errors.join()]).toEqual([3, expect.stringContaining(`${option}: expected`)]);
  }
});

test("writes nothing for an empty store", async () => {
  const { exit, lines } = await runEtrap(await makeFolder(), ["batches", "list"]);
  expect([exit, lines]).toEqual([0, []]);
});

test("names the database of every batch", async () => {
  const folder = await makeReplayedFolder({ ETRAP_DATABASE: "crm" });
  const { lines } = await runEtrap(folder, ["batches", "list"]);
  expect(lines[0]).toMatch(/ #0 {2}crm {2}public\.account$|#0 {2}crm {2}audit\.account$/);
});

test("ends once nobody reads the list any more", async () => {
  const folder = await makeReplayedFolder();
  const lines: string[] = [];
  const closed = new AbortController();
  const exit = await runCommandLine(["batches", "list", "--store", join(folder, "ledger")], {
    environment: {},
    write: (line) => {
      lines.push(line);
      closed.abort();
    },
    writeError: (line) => lines.push(line),
    isTerminal: false,
    showProgress: () => undefined,
    outputClosed: closed.signal,
    signal: new AbortController().signal,
  });
  expect([exit, lines.length]).toEqual([0, 1]);
});

describe("batches show", () => {
  const SECRET = "4111-1111";

  /** Makes a ledger of one row without a column, and two poison entries. Returns its folder. */
  async function makeOddFolder(): Promise<string> {
    const folder = await makeFolder();
    const source = { connector: "postgresql", db: "erp", schema: "public", table: "card" };
    const value = { before: null, after: { id: 1, number: SECRET }, source, op: "c", ts_ms: 1 };
    const texts = [JSON.stringify(value), `{"card":"${SECRET}"`, JSON.stringify({ ...value, op: SECRET })];
    const lines = texts.map((text, index) =>
      JSON.stringify({
        stream: "etrap.public.card",
        id: `${index + 1}-0`,
        fields: [
          ["key", "default"],
          ["value", text],
        ],
      }),
    );
    await writeFile(join(folder, "capture.jsonl"), lines.join("\n"));
    const environment = { ETRAP_EXCLUDED_COLUMNS: "public.card.id" };
    const { errors } = await runEtrap(folder, ["replay", join(folder, "capture.jsonl")], environment);
    expect(errors).toEqual([]);
    return folder;
  }

  async function showAll(folder: string, ...options: string[]): Promise<string[]> {
    const listed = (await runEtrap(folder, ["--json", "batches", "list"])).lines;
    const shown = listed.map(async (line) => {
      const { batchId }: { batchId: string } = JSON.parse(line);
      const { exit, lines } = await runEtrap(folder, [...options, "batches", "show", batchId]);
      expect(exit).toBe(0);
      return lines;
    });
    return (await Promise.all(shown)).flat();
  }

  test("writes poison with its stream, id and reason, omitted columns, and no value", async () => {
    const text = (await showAll(await makeOddFolder())).join("\n");
    expect(text).toMatch(/table: control chain of erp/);
    expect(text).toMatch(/0 {2}POISON {4}2-0 {2}of etrap\.public\.card {2}NOT_JSON: the entry is not JSON/);
    expect(text).toMatch(/1 {2}POISON {4}3-0 {2}of etrap\.public\.card {2}UNKNOWN_OPERATION: /);
    expect(text).toMatch(/table: public\.card of erp\n/);
    expect(text).toMatch(/operations: INSERT 1\n/);
    expect(text).toMatch(/rules: excluded_columns public\.card\.id\n/);
    expect(text).toMatch(/after\.id: not recorded in 1 change \(EXCLUDED: a rule excludes the column\)/);
    expect(text).toMatch(/0 {2}INSERT {4}1-0$/m);
    expect(text).not.toContain(SECRET);
  });

  test("writes a JSON line for the batch, and one for each change", async () => {
    const lines = await showAll(await makeOddFolder(), "--json");
    expect(lines.join()).not.toContain(SECRET);
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { table: "card", seq: 0, changes: 1, stream: "etrap.public.card", previous: null },
      { index: 0, operation: "INSERT", position: "1-0", omitted: { after: { id: "EXCLUDED" } }, reason: null },
      { table: null, changes: 2, operations: { POISON: 2 } },
      { index: 0, operation: "POISON", position: "2-0", reason: "NOT_JSON" },
      { index: 1, operation: "POISON", position: "3-0", reason: "UNKNOWN_OPERATION" },
    ]);
  });

  test("refuses an id that no slot names, and names the key of a batch that is damaged", async () => {
    const folder = await makeReplayedFolder();
    const unknown = "BATCH-2025-06-13-0123456789abcdef-T0";
    expect(await runEtrap(folder, ["batches", "show", unknown])).toMatchObject({
      exit: 3,
      errors: [expect.stringContaining(`${unknown}: expected the id of a batch`)],
    });
    const table = join(folder, "ledger", "erp", "account");
    const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
    const file = join(table, batch, "batch-data.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"', '"values":{"id":"9'));
    expect(await runEtrap(folder, ["batches", "show", batch])).toMatchObject({
      exit: 1,
      errors: [expect.stringContaining(`erp/account/${batch}/batch-data.json: `)],
    });
    await rm(join(table, batch), { recursive: true });
    expect(await runEtrap(folder, ["batches", "show", batch])).toMatchObject({
      exit: 2,
      errors: [expect.stringMatching(/batch-data\.json: missing.*LEDGER_DAMAGED/)],
    });
  });
});
