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

/** Runs the program in its own process. */
function runExample(): Outcome {
  const args = ["--conditions=@etrap/source", PROGRAM, join(folder, "changes"), join(folder, "ledger")];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

/**
 * Verifies every chain from its files alone: its slots in one line, each with its batch. Returns
 * the rows of each table.
 */
function verifyLedger(): Record<string, readonly Row[]> {
  const root = join(folder, "ledger/shop");
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

/** The numbers of the lines with the rows of each table. */
const RECORDED = { account: ["1", "2", "4", "5", "7"], transfer: ["3"], "~": ["6"] };
const recorded = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(verifyLedger()).map(([table, rows]) => [table, positionsOf(rows)]));

test("records every line once, and reports what it stored", () => {
  const { status, stdout } = runExample();
  expect(status).toBe(0);
  expect(stdout.match(/type: 'batch-stored'/g)).toHaveLength(3);
  expect(recorded()).toEqual(RECORDED);
  const [first, second] = verifyLedger()["account"] ?? [];
  expect(first?.record).toMatchObject({ operation: "INSERT", timestamp: Date.UTC(2026, 10, 25, 9) });
  expect(second?.payload.after).toMatchObject({ values: { id: "2", owner: "Bob & Sons", balance: "0.00" } });
});

test("stores nothing in a second run, and only the lines that were added in a third", () => {
  runExample();
  expect(runExample()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  appendFileSync(join(folder, "changes/shop.log"), "2026-11-25T09:04:00Z;public.transfer;DELETE;id=1;\n");
  expect(runExample().status).toBe(0);
  expect(recorded()).toEqual({ ...RECORDED, transfer: ["3", "8"] });
});

test("reads every line again without its .done file, and records none twice", () => {
  runExample();
  rmSync(join(folder, "changes/shop.log.done"));
  const { status, stdout } = runExample();
  expect(status).toBe(0);
  expect(stdout).toContain("redeliveries-dropped");
  expect(stdout).not.toContain("batch-stored");
  expect(recorded()).toEqual(RECORDED);
});

test.each([
  ["text without a structure", "hello"],
  ["an unknown operation", "2026-11-25T09:04:00Z;public.account;CLOSE;id=1;"],
  ["an impossible time", "2026-99-25T09:04:00Z;public.account;INSERT;id=9;id=9"],
  ["a part too many", "2026-11-25T09:04:00Z;public.account;INSERT;id=9;id=9;id=9"],
  ["letters outside of ASCII", "2026-11-25T09:04:00Z;public.account;INSERT;id=9;id=9&owner=Zoë"],
  ["an empty line", ""],
])("reports a bad line by its number, and records it as it came: %s", (_, line) => {
  appendFileSync(join(folder, "changes/shop.log"), `${line}\n2026-11-25T09:05:00Z;public.account;INSERT;id=3;id=3\n`);
  const { status, stderr } = runExample();
  expect(status).toBe(0);
  expect(stderr).toBe(
    ["shop.log:6: not a change, recorded as it came\n", "shop.log:8: not a change, recorded as it came\n"].join(""),
  );
  expect(recorded()).toEqual({ ...RECORDED, account: [...RECORDED.account, "9"], "~": ["6", "8"] });
  const entry = verifyLedger()["~"]?.at(-1)?.payload.entry;
  expect(Buffer.from(entry?.bytes ?? "", "hex").includes(line)).toBe(true);
});

test("does not read a line that is still being written", () => {
  appendFileSync(join(folder, "changes/shop.log"), "2026-11-25T09:04:00Z;public.account;INS");
  runExample();
  expect(recorded()).toEqual(RECORDED);
});

test("names a folder that is missing", () => {
  rmSync(join(folder, "changes"), { recursive: true });
  const { status, stderr } = runExample();
  expect(status).toBe(1);
  expect(stderr).toContain(join(folder, "changes"));
});

test("stays short enough to read in one sitting", () => {
  expect(readFileSync(PROGRAM, "utf8").split("\n").length - 1).toBeLessThan(90);
});
