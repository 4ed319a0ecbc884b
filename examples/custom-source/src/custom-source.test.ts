import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseHeader, verifyBatch, verifyChain } from "@etrap/proof";
import type { Row } from "@etrap/proof";
import { beforeEach, expect, onTestFinished, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "custom-source.ts");
const SAMPLE = join(import.meta.dirname, "../sample");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "etrap-custom-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(SAMPLE, join(folder, "changes"), { recursive: true });
});

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in a process of its own. */
function runExample(): Outcome {
  const args = ["--conditions=@etrap/source", PROGRAM, join(folder, "changes"), join(folder, "record")];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

/** Verifies every chain from the files alone: one line of slots, each with its batch. Gives the rows of each table. */
function verifyRecord(): Record<string, readonly Row[]> {
  const root = join(folder, "record/shop");
  const slots = globSync("*/chain/*.json", { cwd: root }).toSorted();
  const tables = Map.groupBy(slots, (slot) => dirname(dirname(slot)));
  const verified = Array.from(tables, ([table, own]) => {
    const headers = own.map((slot) => parseHeader(readFileSync(join(root, slot))));
    verifyChain(headers);
    const batches = globSync(`${table}/*/batch-data.json`, { cwd: root });
    const rows = headers.flatMap((header, index) => {
      const data = batches.find((file) => readFileSync(join(root, file), "utf8").includes(header.merkle_root));
      const documents = {
        slot: readFileSync(join(root, own[index] ?? "")),
        batchData: readFileSync(join(root, data ?? "")),
      };
      return verifyBatch(documents).rows;
    });
    return [basename(table), rows] as const;
  });
  return Object.fromEntries(verified);
}

const positionsOf = (rows: readonly Row[] | undefined): string[] | undefined =>
  rows?.map(({ record }) => record.position);

/** The number of the line that holds each table's rows. */
const RECORDED = { account: ["1", "2", "4", "5", "7"], transfer: ["3"], "~": ["6"] };
const recorded = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(verifyRecord()).map(([table, rows]) => [table, positionsOf(rows)]));

test("records every line once, and says what it stored", () => {
  const { status, stdout } = runExample();
  expect(status).toBe(0);
  expect(stdout.match(/type: 'batch-stored'/g)).toHaveLength(3);
  expect(recorded()).toEqual(RECORDED);
  const [first, second] = verifyRecord()["account"] ?? [];
  expect(first?.record).toMatchObject({ operation: "INSERT", timestamp: Date.UTC(2026, 10, 25, 9) });
  expect(second?.payload.after).toMatchObject({ values: { id: "2", owner: "Bob & Sons", balance: "0.00" } });
});

test("a second run stores nothing, and a third goes on with what was added", () => {
  runExample();
  expect(runExample()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  appendFileSync(join(folder, "changes/shop.log"), "2026-11-25T09:04:00Z;public.transfer;DELETE;id=1;\n");
  expect(runExample().status).toBe(0);
  expect(recorded()).toEqual({ ...RECORDED, transfer: ["3", "8"] });
});

test("where nothing says what was committed, the record does: the lines are read again, and none is recorded again", () => {
  runExample();
  rmSync(join(folder, "changes/shop.log.done"));
  const { status, stdout } = runExample();
  expect(status).toBe(0);
  expect(stdout).toContain("redeliveries-dropped");
  expect(stdout).not.toContain("batch-stored");
  expect(recorded()).toEqual(RECORDED);
});

test.each([
  ["no change at all", "hello"],
  ["an operation that is none", "2026-11-25T09:04:00Z;public.account;CLOSE;id=1;"],
  ["a time that is none", "2026-99-25T09:04:00Z;public.account;INSERT;id=9;id=9"],
  ["a column too many", "2026-11-25T09:04:00Z;public.account;INSERT;id=9;id=9;id=9"],
  ["letters that the format has not", "2026-11-25T09:04:00Z;public.account;INSERT;id=9;id=9&owner=Zoë"],
  ["an empty line", ""],
])("a bad line is told by its number, and recorded as it came: %s", (_, line) => {
  appendFileSync(join(folder, "changes/shop.log"), `${line}\n2026-11-25T09:05:00Z;public.account;INSERT;id=3;id=3\n`);
  const { status, stderr } = runExample();
  expect(status).toBe(0);
  expect(stderr).toBe(
    ["shop.log:6: no change; recorded as it came\n", "shop.log:8: no change; recorded as it came\n"].join(""),
  );
  expect(recorded()).toEqual({ ...RECORDED, account: [...RECORDED.account, "9"], "~": ["6", "8"] });
  const entry = verifyRecord()["~"]?.at(-1)?.payload.entry;
  expect(Buffer.from(entry?.bytes ?? "", "hex").includes(line)).toBe(true);
});

test("a line that is still being written is left for later", () => {
  appendFileSync(join(folder, "changes/shop.log"), "2026-11-25T09:04:00Z;public.account;INS");
  runExample();
  expect(recorded()).toEqual(RECORDED);
});

test("a folder that is missing is refused with its name", () => {
  rmSync(join(folder, "changes"), { recursive: true });
  const { status, stderr } = runExample();
  expect(status).toBe(1);
  expect(stderr).toContain(join(folder, "changes"));
});

test("is all in less than sixty lines", () => {
  expect(readFileSync(PROGRAM, "utf8").split("\n").length - 1).toBeLessThan(60);
});
