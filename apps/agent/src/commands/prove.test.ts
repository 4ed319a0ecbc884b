import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { batchId, encodeProofFile, parseHeader, parseProofFile } from "@etrap/proof";
import type { Anchor } from "@etrap/proof";
import { recordingFile } from "@etrap/testdata";
import { describe, expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import type { Outcome } from "../fixtures/run-etrap.ts";

const ANCHOR: Anchor = {
  kind: "near-nft",
  network: "testnet",
  contract: "acme.etrap.testnet",
  token_id: "BATCH-2025-06-13-0123456789abcdef-T0",
  tx_hash: null,
  block_height: 1,
  block_time: "1749855196423000000",
  evidence: null,
};

test("writes a pending proof file for every change that matches", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines } = await runEtrap(folder, [
    "prove",
    "--table",
    "public.account",
    "--where",
    "id=10011",
    "--out",
    folder,
  ]);
  expect(exit).toBe(0);
  expect(lines.length).toBeGreaterThan(0);
  for (const file of lines) {
    const verified = await runEtrap(folder, ["--json", "verify", file]);
    expect(verified.exit).toBe(4);
    expect(JSON.parse(verified.lines[0] ?? "")).toMatchObject({
      verdict: "pending",
      record: { table: "account", schema: "public" },
    });
  }
});

test("takes a table in public without its schema, and matches all conditions against one image", async () => {
  const folder = await makeReplayedFolder();
  const one = await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder]);
  expect(one.exit).toBe(0);
  const none = await runEtrap(folder, [
    "prove",
    "--table",
    "account",
    "--where",
    "id=10011",
    "owner=nobody",
    "--out",
    folder,
  ]);
  // The updates of this row do not show its owner before.
  expect([none.exit, none.lines]).toEqual([2, []]);
  expect(none.errors.join()).toContain("may match");
  expect((await runEtrap(folder, ["prove", "--table", "account", "--where", "id=99", "--out", folder])).exit).toBe(1);
});

test("refuses a column twice, and more than ten conditions", async () => {
  const folder = await makeReplayedFolder();
  const prove = (...where: string[]): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--out", folder, "--where", ...where]);
  expect((await prove("id=1", "id=2")).exit).toBe(3);
  expect((await prove(...Array.from({ length: 11 }, (_, index) => `c${index}=true`))).exit).toBe(3);
});

test("proves a deletion that is recorded by its key, with those columns to show that it has", async () => {
  const folder = await makeFolder();
  const recording = recordingFile("extended-schemas-on");
  await runEtrap(folder, ["replay", recording], { ETRAP_COMMITMENT: "fields" });
  const args = ["prove", "--table", "account", "--where", "id=203", "--show", "owner", "--out", folder];
  const { exit, lines } = await runEtrap(folder, args);
  expect(exit).toBe(0);
  expect(lines.length).toBeGreaterThan(1);
});

test("keeps a proof that exists, with its anchor", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  const anchored = encodeProofFile({ ...parseProofFile(await readFile(file)), anchor: ANCHOR });
  await writeFile(file, anchored);
  expect((await runEtrap(folder, args)).lines).toContain(file);
  expect(await readFile(file)).toEqual(Buffer.from(anchored));
});

test("neither overwrites a different file nor takes it for the proof", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  await writeFile(file, "something else");
  expect(await runEtrap(folder, args)).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
  expect(await readFile(file, "utf8")).toBe("something else");
});

test("shows only the chosen columns of a fields commitment", async () => {
  const folder = await makeReplayedFolder({ ETRAP_COMMITMENT: "fields" });
  const prove = (...more: string[]): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder, ...more]);
  const [file = ""] = (await prove("--show", "id")).lines;
  const [verdict = ""] = (await runEtrap(folder, ["--json", "verify", file])).lines;
  const proof = JSON.parse(verdict);
  expect(proof).toMatchObject({ verdict: "pending", shown: { after: { id: "10011" } } });
  expect(Object.keys(proof.shown.after)).toEqual(["id"]);
  expect(proof.hidden).toContainEqual({ part: "after", column: "owner" });
  expect((await runEtrap(folder, ["verify", file])).lines.join("\n")).toContain("after.owner: not shown");
  // A proof of the whole row differs from the one that exists.
  expect(await prove()).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
});

test("refuses to show some columns of a row commitment", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id"];
  expect(await runEtrap(folder, args)).toMatchObject({
    exit: 3,
    errors: [expect.stringContaining("NOT_DISCLOSABLE")],
  });
});

test("refuses to show a column that no image has", async () => {
  const folder = await makeReplayedFolder({ ETRAP_COMMITMENT: "fields" });
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id", "ownr"];
  expect(await runEtrap(folder, args)).toMatchObject({ exit: 3, errors: [expect.stringContaining("ownr")] });
});

test("reports a slot that is in another table's chain, and proves nothing from it", async () => {
  const folder = await makeReplayedFolder();
  const slotOf = (table: string): string => join(folder, "ledger", "erp", table, "chain", "000000000000.json");
  await mkdir(join(folder, "ledger", "erp", "zzz", "chain"), { recursive: true });
  await writeFile(slotOf("zzz"), await readFile(slotOf("account")));
  for (const args of [
    ["batches", "list"],
    ["prove", "--table", "zzz", "--where", "id=1", "--out", folder],
  ]) {
    const { exit, lines, errors } = await runEtrap(folder, args);
    expect([exit, errors.join()]).toEqual([2, expect.stringContaining("LEDGER_DAMAGED")]);
    if (args[0] === "prove") expect(lines).toEqual([]);
  }
});

test("proves nothing from a batch that no slot names", async () => {
  const folder = await makeReplayedFolder();
  const chain = join(folder, "ledger", "erp", "account", "chain");
  await rm(join(chain, "000000000004.json"));
  const before = (await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder]))
    .lines;
  await rm(chain, { recursive: true });
  await mkdir(chain);
  const { exit, errors } = await runEtrap(folder, [
    "prove",
    "--table",
    "account",
    "--where",
    "id=10011",
    "--out",
    folder,
  ]);
  expect(before.length).toBeGreaterThan(0);
  expect([exit, errors.join()]).toEqual([3, expect.stringContaining("no such table")]);
});

test("reports a missing slot or batch, instead of taking it for the end of the ledger", async () => {
  const folder = await makeReplayedFolder();
  const table = join(folder, "ledger", "erp", "account");
  const prove = (): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--where", "id=0", "--out", folder]);
  expect((await prove()).exit).toBe(1);
  const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
  await rm(join(table, batch, "batch-data.json"));
  const { exit, errors } = await prove();
  expect([exit, errors.join()]).toEqual([2, expect.stringContaining("LEDGER_DAMAGED")]);
  await rm(join(table, "chain", "000000000001.json"));
  expect(await runEtrap(folder, ["batches", "list"])).toMatchObject({
    exit: 2,
    errors: [expect.stringContaining("SLOT_MISSING")],
  });
});

describe("with damage in the ledger", () => {
  /** Proves rows of many batches into a folder `proofs`. Returns the names of the proof files. */
  async function proveMany(folder: string): Promise<Outcome & { readonly files: readonly string[] }> {
    const out = join(folder, "proofs");
    const outcome = await runEtrap(folder, ["prove", "--table", "account", "--where", "owner=row 1", "--out", out]);
    return { ...outcome, files: outcome.lines.map((file) => basename(file)) };
  }

  interface Spoiled {
    readonly folder: string;
    /** The names of the proof files before the damage. */
    readonly before: readonly string[];
    /** A batch with proofs, which is to be damaged. */
    readonly batch: string;
    readonly table: string;
  }

  async function makeLedger(): Promise<Spoiled> {
    const folder = await makeReplayedFolder({ ETRAP_BATCH_SIZE: "10" });
    const { files } = await proveMany(folder);
    // Not the first batch of the chain.
    const first = files[5] ?? "";
    const batch = first.replace(/-\d+\.etrap\.json$/, "");
    await rm(join(folder, "proofs"), { recursive: true });
    return { folder, before: files, batch, table: join(folder, "ledger", "erp", "account") };
  }

  async function slotOf(table: string, batch: string): Promise<string> {
    for (const name of (await readdir(join(table, "chain"))).toSorted()) {
      const slot = join(table, "chain", name);
      if (batchId(parseHeader(await readFile(slot))) === batch) return slot;
    }
    throw new Error(`expected a slot that names ${batch}`);
  }

  const spoilBatch = async ({ table, batch }: Spoiled): Promise<void> => {
    const file = join(table, batch, "batch-data.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"', '"values":{"id":"9'));
  };

  test.each<[string, RegExp, (spoiled: Spoiled) => Promise<void>]>([
    ["a changed value", /batch-data\.json: transactions.* \(COMMITMENT_MISMATCH\)/, spoilBatch],
    [
      "a truncated batch",
      /batch-data\.json: .* \(MALFORMED_DOCUMENT\)/,
      async ({ table, batch }) => writeFile(join(table, batch, "batch-data.json"), "{"),
    ],
    [
      "a missing batch",
      /batch-data\.json: missing.* \(LEDGER_DAMAGED\)/,
      async ({ table, batch }) => rm(join(table, batch), { recursive: true }),
    ],
    [
      "a damaged slot",
      /chain\/\d{12}\.json: .* \(LEDGER_DAMAGED\)/,
      async ({ table, batch }) => writeFile(await slotOf(table, batch), "{}"),
    ],
    [
      "a missing slot",
      /chain\/\d{12}\.json: missing.*etrap repair \(SLOT_MISSING\)/,
      async ({ table, batch }) => rm(await slotOf(table, batch)),
    ],
  ])("proves the rows of the other batches beside %s, and names its key", async (_, message, spoil) => {
    const ledger = await makeLedger();
    await spoil(ledger);
    const { files, exit, errors } = await proveMany(ledger.folder);
    const rest = ledger.before.filter((name) => !name.startsWith(ledger.batch));
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(ledger.before.length);
    expect(files).toEqual(rest);
    expect([exit, errors.join("\n")]).toEqual([2, expect.stringMatching(message)]);
  });

  test("writes the damage as JSON", async () => {
    const ledger = await makeLedger();
    await spoilBatch(ledger);
    const args = ["--json", "prove", "--table", "account", "--where", "id=99", "--out", ledger.folder];
    const { exit, errors } = await runEtrap(ledger.folder, args);
    expect(exit).toBe(2);
    expect(errors.map((line): unknown => JSON.parse(line))).toEqual([
      {
        error: "COMMITMENT_MISMATCH",
        message: expect.stringContaining(`erp/account/${ledger.batch}/batch-data.json: `),
      },
      { note: expect.stringContaining("may hide") },
    ]);
  });

  test("does not prove from a slot that was replaced by another true batch", async () => {
    const [ledger, other] = [await makeLedger(), await makeReplayedFolder({ ETRAP_BATCH_SIZE: "10" })];
    const slot = await slotOf(ledger.table, ledger.batch);
    const foreign = join(other, "ledger", "erp", "account");
    const bytes = await readFile(join(foreign, "chain", basename(slot)));
    const id = batchId(parseHeader(bytes));
    await writeFile(slot, bytes);
    await cp(join(foreign, id), join(ledger.table, id), { recursive: true });
    const { files, exit, errors } = await proveMany(ledger.folder);
    expect(files.filter((name) => name.startsWith(id))).toEqual([]);
    expect([exit, errors.join("\n")]).toEqual([2, expect.stringMatching(/so one of the two slots was replaced/)]);
  });
});

test("makes the folder for the proofs", async () => {
  const folder = await makeReplayedFolder();
  const out = join(folder, "new", "proofs");
  const none = await runEtrap(folder, ["prove", "--table", "account", "--where", "id=99", "--out", out]);
  expect(none.exit).toBe(1);
  await expect(readdir(out)).rejects.toThrow("ENOENT");
  const { exit, lines } = await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", out]);
  expect(exit).toBe(0);
  expect(await readdir(out)).toHaveLength(lines.length);
});

describe("the advice for a table's name", () => {
  const prove = async (folder: string, ...args: string[]): Promise<string> =>
    (await runEtrap(folder, ["prove", "--where", "id=1", "--out", folder, "--table", ...args])).errors.join();

  /** Replays the recording of public.account and audit.account with other names. */
  async function replayAs(folder: string, database: string, rename: (text: string) => string): Promise<void> {
    const capture = join(folder, `${database}.jsonl`);
    await writeFile(capture, rename(await readFile(recordingFile("restart-duplicates"), "utf8")));
    const { errors } = await runEtrap(folder, ["replay", "--database", database, capture]);
    expect(errors).toEqual([]);
  }

  test("is to add the database, where two databases have the table", async () => {
    const folder = await makeFolder();
    for (const database of ["erp", "crm"]) await replayAs(folder, database, (text) => text);
    const error = await prove(folder, "public.account");
    expect(error).toMatch(/found crm: schema public.*; erp: .*; add --database crm or erp/);
    expect(error).not.toContain("write");
    expect(await prove(folder, "account", "--database", "erp")).toContain("no change");
  });

  test("is to write the schema, only where a table of another schema has the name", async () => {
    const folder = await makeFolder();
    await replayAs(folder, "erp", (text) => text.replaceAll("account", "invoice").replaceAll("public", "sales"));
    expect(await prove(folder, "invoice")).toMatch(
      /no such table in the ledger; write schema\.table for one of audit\.invoice, sales\.invoice/,
    );
    const unknown = await prove(folder, "sales.nothing");
    expect(unknown).toContain("see etrap batches list");
    expect(unknown).not.toContain("schema.table");
  });

  test("is to write the longer name of a table in public, where a dot makes the name ambiguous", async () => {
    const folder = await makeFolder();
    await replayAs(folder, "erp", (text) =>
      text.replaceAll('\\"table\\":\\"account\\"', '\\"table\\":\\"audit.account\\"'),
    );
    await replayAs(folder, "erp", (text) => text);
    expect(await prove(folder, "audit.account")).toMatch(/; for a table in public, write public\.audit\.account/);
    expect(await prove(folder, "public.audit.account")).toContain("no change");
  });
});
