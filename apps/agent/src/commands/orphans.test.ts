import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openFsStore } from "@etrap/storage-fs";
import { sampleBatch, sampleBatches } from "@etrap/ledger/testing";
import { expect, test } from "vitest";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

/**
 * A ledger of two batches, with an orphan, a batch without a slot, and a folder without a batch.
 */
async function makeLedger(): Promise<{ readonly folder: string; readonly orphan: string; readonly next: string }> {
  const folder = await makeFolder();
  const store = await openFsStore({ root: join(folder, "ledger") });
  const [first, second] = sampleBatches(2);
  if (first === undefined || second === undefined) throw new Error("expected batches");
  const orphan = sampleBatch({ previous: first.header, sealedAt: second.header.sealed_at + 100 });
  const next = sampleBatch({ previous: second.header });
  for (const { data, slot, derived } of [first, second])
    for (const { key, bytes } of [data, slot, ...derived()]) await store.create(key, bytes);
  for (const { key, bytes } of [orphan.data, ...orphan.derived(), next.data]) await store.create(key, bytes);
  return { folder, orphan: orphan.id, next: next.id };
}

test("lists what no slot names, and what can be deleted", async () => {
  const { folder, orphan, next } = await makeLedger();
  const { exit, lines } = await runEtrap(folder, ["orphans", "list"]);
  expect(exit).toBe(0);
  expect(lines).toHaveLength(2);
  const text = lines.join("\n");
  expect(text).toMatch(
    new RegExp(`^erp/account/${orphan}/ {2}can be deleted: .*slot 1 names another.*\\(ORPHAN\\)$`, "m"),
  );
  expect(text).toMatch(new RegExp(`^erp/account/${next}/ {2}is kept: slot 2, which would.*\\(WITHOUT_SLOT\\)$`, "m"));
});

test("deletes orphans only when told, and nothing else", async () => {
  const { folder, orphan, next } = await makeLedger();
  const filesIn = async (id: string): Promise<number> =>
    (await readdir(join(folder, "ledger/erp/account", id), { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    ).length;
  const shown = await runEtrap(folder, ["orphans", "delete"]);
  expect(shown.lines.at(-1)).toBe("1 would be deleted; add --yes to delete them");
  expect(await filesIn(orphan)).toBe(5);
  const deleted = await runEtrap(folder, ["orphans", "delete", "--yes"]);
  expect(deleted.lines.at(-1)).toBe("deleted 1 of 2");
  expect([await filesIn(orphan), await filesIn(next)]).toEqual([0, 1]);
  const json = await runEtrap(folder, ["--json", "orphans", "delete", "--yes"]);
  expect(json.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { code: "WITHOUT_SLOT", isDeleted: false },
  ]);
  // The batch without a slot may be one whose slot is hidden.
  expect((await runEtrap(folder, ["audit"])).exit).toBe(2);
});

test("says that there are none, and refuses an unknown table", async () => {
  const { folder } = await makeLedger();
  await cp(join(folder, "ledger/erp/account"), join(folder, "empty"), { recursive: true });
  expect((await runEtrap(await makeFolder(), ["orphans", "list"])).lines).toEqual(["no batch without a slot"]);
  const { exit, errors } = await runEtrap(folder, ["orphans", "delete", "--yes", "--table", "nope"]);
  expect({ exit, errors }).toEqual({ exit: 3, errors: [expect.stringMatching(/no such chain/)] });
});
