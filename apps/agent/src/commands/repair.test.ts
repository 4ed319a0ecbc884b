import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batchId, parseHeader } from "@etrap/proof";
import { expect, test } from "vitest";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import { makeReplayedFolder, RECORDING } from "../fixtures/replayed-folder.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";

const slotFile = (folder: string, seq: number, table = "account"): string =>
  join(folder, "ledger", "erp", table, "chain", `${String(seq).padStart(12, "0")}.json`);

/** Removes slots of `public.account`, and returns their bytes. */
async function removeSlots(folder: string, ...seqs: number[]): Promise<Buffer[]> {
  const bytes = await Promise.all(seqs.map((seq) => readFile(slotFile(folder, seq))));
  for (const seq of seqs) await rm(slotFile(folder, seq));
  return bytes;
}

/** Removes the batch-data.json that a slot names. */
async function removeBatchOf(folder: string, seq: number, table = "account"): Promise<void> {
  const id = batchId(parseHeader(await readFile(slotFile(folder, seq, table))));
  await rm(join(folder, "ledger", "erp", table, id, "batch-data.json"));
}

test("finds nothing missing in a whole ledger", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
  expect([exit, lines, errors]).toEqual([0, ["nothing is missing: checked 2 chains up to the newest slot"], []]);
  expect(await runEtrap(folder, ["--json", "repair"])).toEqual({ exit: 0, lines: [], errors: [] });
});

test("restores every slot but the newest, with a line for each", async () => {
  const folder = await makeReplayedFolder();
  const before = changesOf(readLedger(join(folder, "ledger")));
  const lost = await removeSlots(folder, 0, 1, 2, 3);
  await rm(slotFile(folder, 0, "audit.account"));
  const { exit, lines } = await runEtrap(folder, ["repair"]);
  expect(exit).toBe(0);
  expect(lines.map((line) => /^restored .*chain\/0*(\d)\.json .*-T0 +#\d +(\S+)$/.exec(line)?.slice(1))).toEqual([
    ["3", "public.account"],
    ["2", "public.account"],
    ["1", "public.account"],
    ["0", "public.account"],
    ["0", "audit.account"],
  ]);
  expect(await Promise.all([0, 1, 2, 3].map((seq) => readFile(slotFile(folder, seq))))).toEqual(lost);
  expect(changesOf(readLedger(join(folder, "ledger")))).toEqual(before);
});

test("only shows the missing slots with --dry-run", async () => {
  const folder = await makeReplayedFolder();
  await removeSlots(folder, 0, 2);
  const shown = await runEtrap(folder, ["--json", "repair", "--dry-run"]);
  expect(shown.exit).toBe(1);
  const slots = shown.lines.map((line): object => JSON.parse(line));
  expect(slots).toMatchObject([2, 0].map((seq) => ({ seq, restored: false, table: "account", schema: "public" })));
  const { exit, lines } = await runEtrap(folder, ["repair", "--dry-run"]);
  expect([exit, lines]).toEqual([1, [expect.stringMatching(/^missing .*2\.json/), expect.stringMatching(/^missing /)]]);

  const restored = await runEtrap(folder, ["--json", "repair"]);
  expect(restored.exit).toBe(0);
  expect(restored.lines.map((line): object => JSON.parse(line))).toEqual(
    slots.map((slot) => ({ ...slot, restored: true })),
  );
});

test("repairs only the chosen table", async () => {
  const folder = await makeReplayedFolder();
  await removeSlots(folder, 0);
  await rm(slotFile(folder, 0, "audit.account"));
  expect((await runEtrap(folder, ["repair", "--table", "audit.account", "--database", "erp"])).lines).toHaveLength(1);
  expect((await runEtrap(folder, ["repair", "--dry-run", "--table", "audit.account"])).exit).toBe(0);
  expect((await runEtrap(folder, ["repair", "--dry-run", "--table", "account"])).exit).toBe(1);
});

test.each([[["--table", "nothing"]], [["--database", "nothing"]], [["--table", "account", "--database", "nothing"]]])(
  "refuses %j, which matches no chain",
  async (args) => {
    const folder = await makeReplayedFolder();
    const { exit, errors } = await runEtrap(folder, ["repair", ...args]);
    expect([exit, errors]).toEqual([3, [expect.stringContaining("no such chain")]]);
  },
);

test("reports a slot that cannot be restored, and restores every other chain", async () => {
  const folder = await makeReplayedFolder();
  // In byte order, `account` comes before `audit.account`.
  await removeBatchOf(folder, 2);
  await removeSlots(folder, 0, 2, 3);
  await rm(slotFile(folder, 0, "audit.account"));
  const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
  expect([exit, errors]).toEqual([1, [expect.stringMatching(/account\/chain\/0*2\.json: missing.*\(SLOT_MISSING\)$/)]]);
  expect(lines).toEqual([
    expect.stringMatching(/erp\/account\/chain\/0*3\.json/),
    expect.stringMatching(/erp\/audit\.account\/chain\/0*0\.json/),
  ]);
  const again = await runEtrap(folder, ["--json", "repair"]);
  expect([again.exit, again.lines]).toEqual([1, []]);
  expect(JSON.parse(again.errors[0] ?? "")).toMatchObject({ error: "SLOT_MISSING" });
});

test("restores the other chains beside one whose only slot is damaged", async () => {
  const folder = await makeReplayedFolder();
  for (const seq of [1, 2, 3, 4]) await rm(slotFile(folder, seq));
  await writeFile(slotFile(folder, 0), "{");
  await rm(slotFile(folder, 0, "audit.account"));
  const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
  expect([exit, lines, errors]).toEqual([
    1,
    [expect.stringContaining("audit.account")],
    [expect.stringContaining("LEDGER_DAMAGED")],
  ]);
  expect(await readFile(slotFile(folder, 0), "utf8")).toBe("{");
});

test("is advised by a refusal to write, and lets the writer go on", async () => {
  const folder = await makeReplayedFolder();
  const before = changesOf(readLedger(join(folder, "ledger")));
  await removeSlots(folder, 0);
  const replay = (): ReturnType<typeof runEtrap> => runEtrap(folder, ["replay", RECORDING]);
  expect(await replay()).toMatchObject({
    exit: 2,
    errors: [expect.stringMatching(/missing.*run etrap repair \(SLOT_MISSING\)$/)],
  });
  expect((await runEtrap(folder, ["batches", "list"])).errors).toEqual([expect.stringContaining("run etrap repair")]);
  expect((await runEtrap(folder, ["repair"])).exit).toBe(0);
  expect((await replay()).exit).toBe(0);
  expect(changesOf(readLedger(join(folder, "ledger")))).toEqual(before);
});

test("reports a folder with slots that is not a table's", async () => {
  const folder = await makeReplayedFolder();
  await mkdir(join(folder, "ledger", "erp", "a.b.c", "chain"), { recursive: true });
  await writeFile(slotFile(folder, 0, "a.b.c"), await readFile(slotFile(folder, 0)));
  expect(await runEtrap(folder, ["batches", "list"])).toMatchObject({
    exit: 2,
    errors: [expect.stringContaining("erp/a.b.c/")],
  });
});

test("completes batches whose derived documents are missing", async () => {
  const folder = await makeReplayedFolder();
  const treeOf = async (seq: number): Promise<string> =>
    join(folder, "ledger/erp/account", batchId(parseHeader(await readFile(slotFile(folder, seq)))), "merkle-tree.json");
  const [oldest, later] = [await treeOf(0), await treeOf(2)];
  const before = [await readFile(oldest), await readFile(later)];
  await Promise.all([rm(oldest), rm(later)]);
  const shown = await runEtrap(folder, ["repair", "--dry-run"]);
  expect([shown.exit, shown.lines]).toEqual([
    1,
    [expect.stringMatching(/^incomplete .*#0/), expect.stringMatching(/^incomplete .*#2/)],
  ]);
  const { exit, lines } = await runEtrap(folder, ["repair"]);
  expect([exit, lines.map((line) => line.split(" ")[0])]).toEqual([0, ["completed", "completed"]]);
  expect([await readFile(oldest), await readFile(later)]).toEqual(before);
  expect((await runEtrap(folder, ["repair"])).lines).toEqual([expect.stringMatching(/^nothing is missing/)]);
});
