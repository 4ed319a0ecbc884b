import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batchId, encodeProofFile, parseHeader, parseProofFile, shownValues } from "@etrap/proof";
import type { Anchor } from "@etrap/proof";
import { readRecording, recordingFile, tablesFile } from "@etrap/testdata";
import { describe, expect, test } from "vitest";
import { makeFolder, runEtrap } from "./testing/run-etrap.ts";
import { changesOf, readRecord } from "./testing/read-record.ts";

const RECORDING = recordingFile("restart-duplicates");

/** A folder with the recording replayed into it. */
async function replayed(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await makeFolder();
  const { exit, errors } = await runEtrap(folder, ["replay", RECORDING], { ETRAP_BATCH_SIZE: "50", ...environment });
  expect(errors).toEqual([]);
  expect(exit).toBe(0);
  return folder;
}

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

describe("replay", () => {
  test("records every row change of a capture, and again nothing", async () => {
    const folder = await replayed();
    const rowChanges = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
    expect(changesOf(readRecord(join(folder, "record")))).toHaveLength(rowChanges.length);
    const again = await runEtrap(folder, ["replay", RECORDING]);
    expect(again.exit).toBe(0);
    expect(again.lines.at(-1)).toContain("0 batches, 0 events");
    expect(changesOf(readRecord(join(folder, "record")))).toHaveLength(rowChanges.length);
  });

  test("without ETRAP_STORE_PROOF_INDEX no file lists the proofs, and every change is proved as before", async () => {
    const folder = await replayed({ ETRAP_STORE_PROOF_INDEX: "false" });
    // Verifies every batch, chain and proof.
    expect(changesOf(readRecord(join(folder, "record"))).length).toBeGreaterThan(200);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const batches = files.filter(({ name }) => name === "batch-data.json");
    for (const { parentPath, name } of batches)
      expect(await readFile(join(parentPath, name), "utf8")).not.toContain("proof_path");
    expect(batches.length).toBeGreaterThan(0);
  });

  test("prints the banner and a block for each batch", async () => {
    const folder = await makeFolder();
    const { lines } = await runEtrap(folder, ["replay", RECORDING]);
    expect(lines[0]).toContain("🚀 ETRAP CDC Agent Starting...");
    expect(lines[0]).toContain("Max batch size: 1000 · Min batch size: 1 · Read timeout: 60s · Force after: 300s");
    expect(
      lines.some((line) =>
        /📦 Table: public\.account\n {3}Events: 208 · Batch ID: BATCH-.*-T0 · Merkle Root: [0-9a-f]{32}\.\.\./.test(
          line,
        ),
      ),
    ).toBe(true);
  });

  test("writes JSON lines when asked to", async () => {
    const folder = await makeFolder();
    const { lines } = await runEtrap(folder, ["--json", "replay", RECORDING]);
    const events = lines.map((line): { type: string } => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(["started", "batch-stored", "batch-stored", "stopped"]);
  });

  test.each([
    ["a line that is no entry", "nonsense\n", "BAD_CAPTURE"],
    ["an id that is no position", '{"stream":"s","id":"first","fields":[]}\n', "BAD_CAPTURE"],
    ["fields that are no pairs", '{"stream":"s","id":"1-0","fields":[["a"]]}\n', "BAD_CAPTURE"],
    ["ids that fall", '{"stream":"s","id":"2-0","fields":[]}\n{"stream":"s","id":"1-0","fields":[]}\n', "BAD_CAPTURE"],
    ["a file without a change", "", "DATABASE_UNKNOWN"],
  ])("refuses %s", async (_, content, code) => {
    const folder = await makeFolder();
    const file = join(folder, "capture.jsonl");
    await writeFile(file, content);
    const { exit, errors } = await runEtrap(folder, ["replay", file]);
    expect(exit).toBe(2);
    expect(errors.join()).toContain(code);
  });

  test("takes the time that the store needs, unless it is asked to stop", async () => {
    const folder = await makeFolder();
    expect((await runEtrap(folder, ["replay", RECORDING], { ETRAP_DRAIN_TIMEOUT: "0" })).exit).toBe(0);
    expect(changesOf(readRecord(join(folder, "record")))).toHaveLength(262);
  });

  test("reads values that hold the line separators of Unicode, and lines with a carriage return", async () => {
    const folder = await makeFolder();
    const file = join(folder, "capture.jsonl");
    const value = {
      before: null,
      after: { t: "\u2028\u2029" },
      source: { connector: "postgresql", db: "erp", schema: "public", table: "t" },
      op: "c",
    };
    const entry = {
      stream: "s",
      id: "1-0",
      fields: [
        ["key", "default"],
        ["value", JSON.stringify(value)],
      ],
    };
    await writeFile(file, `${JSON.stringify(entry)}\r\n\r\n`);
    expect((await runEtrap(folder, ["replay", file])).errors).toEqual([]);
    const [change] = changesOf(readRecord(join(folder, "record")));
    expect(change?.payload.after && shownValues(change.payload.after)).toEqual({ t: "\u2028\u2029" });
  });
});

describe("batches list", () => {
  test("has a line for every batch, in the order of its chain", async () => {
    const folder = await replayed();
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

  test("of an empty store is empty", async () => {
    const { exit, lines } = await runEtrap(await makeFolder(), ["batches", "list"]);
    expect([exit, lines]).toEqual([0, []]);
  });
});

describe("prove and verify", () => {
  test("every change with these values gets a proof file, which is pending", async () => {
    const folder = await replayed();
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
      expect(verified.exit).toBe(2);
      expect(JSON.parse(verified.lines[0] ?? "")).toMatchObject({
        verdict: "pending",
        record: { table: "account", schema: "public" },
      });
    }
  });

  test("a table in public needs no schema; all conditions must hold of one image", async () => {
    const folder = await replayed();
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
    // An update of the row does not tell what the owner was before.
    expect([none.exit, none.lines]).toEqual([2, []]);
    expect(none.errors.join()).toContain("do not show enough to tell");
    expect((await runEtrap(folder, ["prove", "--table", "account", "--where", "id=99", "--out", folder])).exit).toBe(1);
  });

  test("each column is asked for once, and no more than ten", async () => {
    const folder = await replayed();
    const prove = (...where: string[]): ReturnType<typeof runEtrap> =>
      runEtrap(folder, ["prove", "--table", "account", "--out", folder, "--where", ...where]);
    expect((await prove("id=1", "id=2")).exit).toBe(3);
    expect((await prove(...Array.from({ length: 11 }, (_, index) => `c${index}=true`))).exit).toBe(3);
  });

  test("a deletion that is recorded by its key is proved with what it has of the columns to show", async () => {
    const folder = await makeFolder();
    const recording = recordingFile("extended-schemas-on");
    await runEtrap(folder, ["replay", recording], { ETRAP_COMMITMENT: "fields" });
    const args = ["prove", "--table", "account", "--where", "id=203", "--show", "owner", "--out", folder];
    const { exit, lines } = await runEtrap(folder, args);
    expect(exit).toBe(0);
    expect(lines.length).toBeGreaterThan(1);
  });

  test("a proof that stands is left alone", async () => {
    const folder = await replayed();
    const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
    const [file = ""] = (await runEtrap(folder, args)).lines;
    const anchored = encodeProofFile({ ...parseProofFile(await readFile(file)), anchor: ANCHOR });
    await writeFile(file, anchored);
    expect((await runEtrap(folder, args)).lines).toContain(file);
    expect(await readFile(file)).toEqual(Buffer.from(anchored));
  });

  test("another file that stands is neither overwritten nor taken for the proof", async () => {
    const folder = await replayed();
    const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
    const [file = ""] = (await runEtrap(folder, args)).lines;
    await writeFile(file, "something else");
    expect(await runEtrap(folder, args)).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
    expect(await readFile(file, "utf8")).toBe("something else");
  });

  test("shows the columns that are asked for and no others, where columns open one by one", async () => {
    const folder = await replayed({ ETRAP_COMMITMENT: "fields" });
    const prove = (...more: string[]): ReturnType<typeof runEtrap> =>
      runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder, ...more]);
    const [file = ""] = (await prove("--show", "id")).lines;
    const [verdict = ""] = (await runEtrap(folder, ["--json", "verify", file])).lines;
    const proof = JSON.parse(verdict);
    expect(proof).toMatchObject({ verdict: "pending", shown: { after: { id: "10011" } } });
    expect(Object.keys(proof.shown.after)).toEqual(["id"]);
    expect(proof.hidden).toContainEqual({ part: "after", column: "owner" });
    expect((await runEtrap(folder, ["verify", file])).lines.join("\n")).toContain("after.owner: not shown");
    // The whole row is another file: it must not pass for the one that stands.
    expect(await prove()).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
  });

  test("some columns of a row that opens whole are refused", async () => {
    const folder = await replayed();
    const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id"];
    expect(await runEtrap(folder, args)).toMatchObject({
      exit: 3,
      errors: [expect.stringContaining("NOT_DISCLOSABLE")],
    });
  });

  test("a file cannot write lines of its own, nor move the cursor", async () => {
    const folder = await replayed();
    const [file = ""] = (
      await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder])
    ).lines;
    const hostile = '{"!\\u001b[2K\\r\\n✅ verified\u202e\u009b":null,';
    await writeFile(file, (await readFile(file, "utf8")).replace("{", hostile));
    const { exit, lines } = await runEtrap(folder, ["verify", file]);
    expect(exit).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^❔ could not check/);
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("a column to show that no image has is refused", async () => {
    const folder = await replayed({ ETRAP_COMMITMENT: "fields" });
    const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id", "ownr"];
    expect(await runEtrap(folder, args)).toMatchObject({ exit: 3, errors: [expect.stringContaining("ownr")] });
  });

  test("a slot that stands in another table's chain is said, and never proved from under that name", async () => {
    const folder = await replayed();
    const slotOf = (table: string): string => join(folder, "record", "erp", table, "chain", "000000000000.json");
    await mkdir(join(folder, "record", "erp", "zzz", "chain"), { recursive: true });
    await writeFile(slotOf("zzz"), await readFile(slotOf("account")));
    for (const args of [
      ["batches", "list"],
      ["prove", "--table", "zzz", "--where", "id=1", "--out", folder],
    ]) {
      expect(await runEtrap(folder, args)).toMatchObject({
        exit: 2,
        errors: [expect.stringContaining("RECORD_DAMAGED")],
      });
    }
  });

  test("never from a batch that no slot names", async () => {
    const folder = await replayed();
    const chain = join(folder, "record", "erp", "account", "chain");
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

  test("a missing slot or batch is said, instead of taken for the end of the record", async () => {
    const folder = await replayed();
    const table = join(folder, "record", "erp", "account");
    const prove = (): ReturnType<typeof runEtrap> =>
      runEtrap(folder, ["prove", "--table", "account", "--where", "id=0", "--out", folder]);
    expect((await prove()).exit).toBe(1);
    const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
    await rm(join(table, batch, "batch-data.json"));
    expect(await prove()).toMatchObject({ exit: 2, errors: [expect.stringContaining("RECORD_DAMAGED")] });
    await rm(join(table, "chain", "000000000001.json"));
    expect(await runEtrap(folder, ["batches", "list"])).toMatchObject({
      exit: 2,
      errors: [expect.stringContaining("SLOT_MISSING")],
    });
  });

  test("a batch that was changed is refused, with the place", async () => {
    const folder = await replayed();
    const table = join(folder, "record", "erp", "account");
    const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
    const file = join(table, batch, "batch-data.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"', '"values":{"id":"9'));
    const { exit, errors } = await runEtrap(folder, [
      "prove",
      "--table",
      "account",
      "--where",
      "id=10011",
      "--out",
      folder,
    ]);
    expect([exit, errors.join()]).toEqual([1, expect.stringContaining("COMMITMENT_MISMATCH")]);
  });

  test("a value changed by one byte: tampered, and where", async () => {
    const folder = await replayed();
    const [file = ""] = (
      await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder])
    ).lines;
    await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"10011"', '"values":{"id":"10012"'));
    const { exit, lines } = await runEtrap(folder, ["verify", file]);
    expect([exit, lines.join()]).toEqual([
      1,
      expect.stringMatching(/tampered: payload\.(key|after|before): .*COMMITMENT_MISMATCH/),
    ]);
  });

  test.each([
    ["a truncated file", (text: string) => text.slice(0, 100), "MALFORMED_DOCUMENT"],
    ["an unknown version", (text: string) => text.replace("etrap-proof/0", "etrap-proof/1"), "UNSUPPORTED_VERSION"],
    [
      "duplicate keys",
      (text: string) => text.replace('"leaf_index":', '"leaf_index":0,"leaf_index":'),
      "NOT_CANONICAL",
    ],
    ["nothing", () => "", "MALFORMED_DOCUMENT"],
  ])("%s could not be checked", async (_, spoil, code) => {
    const folder = await replayed();
    const [file = ""] = (
      await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder])
    ).lines;
    await writeFile(file, spoil(await readFile(file, "utf8")));
    const { exit, lines } = await runEtrap(folder, ["--json", "verify", file]);
    expect(exit).toBe(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ verdict: "could not check", code });
  });
});

describe("repair", () => {
  const slotFile = (folder: string, seq: number, table = "account"): string =>
    join(folder, "record", "erp", table, "chain", `${String(seq).padStart(12, "0")}.json`);

  /** Loses slots of `public.account`, and gives their bytes. */
  async function lose(folder: string, ...seqs: number[]): Promise<Buffer[]> {
    const bytes = await Promise.all(seqs.map((seq) => readFile(slotFile(folder, seq))));
    for (const seq of seqs) await rm(slotFile(folder, seq));
    return bytes;
  }

  /** Loses the batch-data.json that a slot names. */
  async function loseBatchOf(folder: string, seq: number, table = "account"): Promise<void> {
    const id = batchId(parseHeader(await readFile(slotFile(folder, seq, table))));
    await rm(join(folder, "record", "erp", table, id, "batch-data.json"));
  }

  test("of a whole record: nothing is missing", async () => {
    const folder = await replayed();
    const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
    expect([exit, lines, errors]).toEqual([0, ["nothing is missing: 2 chains, whole up to the newest slot"], []]);
    expect(await runEtrap(folder, ["--json", "repair"])).toEqual({ exit: 0, lines: [], errors: [] });
  });

  test("restores every slot but the newest, with a line for each, and the record is what it was", async () => {
    const folder = await replayed();
    const before = changesOf(readRecord(join(folder, "record")));
    const lost = await lose(folder, 0, 1, 2, 3);
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
    expect(changesOf(readRecord(join(folder, "record")))).toEqual(before);
  });

  test("--dry-run only tells, as JSON lines when asked to", async () => {
    const folder = await replayed();
    await lose(folder, 0, 2);
    const told = await runEtrap(folder, ["--json", "repair", "--dry-run"]);
    expect(told.exit).toBe(1);
    const slots = told.lines.map((line): object => JSON.parse(line));
    expect(slots).toMatchObject([2, 0].map((seq) => ({ seq, restored: false, table: "account", schema: "public" })));
    const { exit, lines } = await runEtrap(folder, ["repair", "--dry-run"]);
    expect([exit, lines]).toEqual([
      1,
      [expect.stringMatching(/^missing .*2\.json/), expect.stringMatching(/^missing /)],
    ]);

    const restored = await runEtrap(folder, ["--json", "repair"]);
    expect(restored.exit).toBe(0);
    expect(restored.lines.map((line): object => JSON.parse(line))).toEqual(
      slots.map((slot) => ({ ...slot, restored: true })),
    );
  });

  test("of one table leaves the others alone", async () => {
    const folder = await replayed();
    await lose(folder, 0);
    await rm(slotFile(folder, 0, "audit.account"));
    expect((await runEtrap(folder, ["repair", "--table", "audit.account", "--database", "erp"])).lines).toHaveLength(1);
    expect((await runEtrap(folder, ["repair", "--dry-run", "--table", "audit.account"])).exit).toBe(0);
    expect((await runEtrap(folder, ["repair", "--dry-run", "--table", "account"])).exit).toBe(1);
  });

  test.each([[["--table", "nothing"]], [["--database", "nothing"]], [["--table", "account", "--database", "nothing"]]])(
    "of %j, which is not there, is refused",
    async (args) => {
      const folder = await replayed();
      const { exit, errors } = await runEtrap(folder, ["repair", ...args]);
      expect([exit, errors]).toEqual([3, [expect.stringContaining("no such chain")]]);
    },
  );

  test("what cannot be restored is said, and every other chain is restored", async () => {
    const folder = await replayed();
    // In byte order, `account` comes before `audit.account`.
    await loseBatchOf(folder, 2);
    await lose(folder, 0, 2, 3);
    await rm(slotFile(folder, 0, "audit.account"));
    const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
    expect([exit, errors]).toEqual([
      1,
      [expect.stringMatching(/account\/chain\/0*2\.json: missing.*\(SLOT_MISSING\)$/)],
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/erp\/account\/chain\/0*3\.json/),
      expect.stringMatching(/erp\/audit\.account\/chain\/0*0\.json/),
    ]);
    const again = await runEtrap(folder, ["--json", "repair"]);
    expect([again.exit, again.lines]).toEqual([1, []]);
    expect(JSON.parse(again.errors[0] ?? "")).toMatchObject({ error: "SLOT_MISSING" });
  });

  test("a chain whose only slot is damaged keeps no other from being restored", async () => {
    const folder = await replayed();
    for (const seq of [1, 2, 3, 4]) await rm(slotFile(folder, seq));
    await writeFile(slotFile(folder, 0), "{");
    await rm(slotFile(folder, 0, "audit.account"));
    const { exit, lines, errors } = await runEtrap(folder, ["repair"]);
    expect([exit, lines, errors]).toEqual([
      1,
      [expect.stringContaining("audit.account")],
      [expect.stringContaining("RECORD_DAMAGED")],
    ]);
    expect(await readFile(slotFile(folder, 0), "utf8")).toBe("{");
  });

  test("is what a refusal to write advises, and lets the writer go on", async () => {
    const folder = await replayed();
    const before = changesOf(readRecord(join(folder, "record")));
    await lose(folder, 0);
    const replay = (): ReturnType<typeof runEtrap> => runEtrap(folder, ["replay", RECORDING]);
    expect(await replay()).toMatchObject({
      exit: 2,
      errors: [expect.stringMatching(/missing.*run etrap repair \(SLOT_MISSING\)$/)],
    });
    expect((await runEtrap(folder, ["batches", "list"])).errors).toEqual([expect.stringContaining("run etrap repair")]);
    expect((await runEtrap(folder, ["repair"])).exit).toBe(0);
    expect((await replay()).exit).toBe(0);
    expect(changesOf(readRecord(join(folder, "record")))).toEqual(before);
  });

  test("a folder with slots that is no table's is said, instead of left out", async () => {
    const folder = await replayed();
    await mkdir(join(folder, "record", "erp", "a.b.c", "chain"), { recursive: true });
    await writeFile(slotFile(folder, 0, "a.b.c"), await readFile(slotFile(folder, 0)));
    expect(await runEtrap(folder, ["batches", "list"])).toMatchObject({
      exit: 2,
      errors: [expect.stringContaining("erp/a.b.c/")],
    });
  });
});

describe("usage", () => {
  test.each([
    [[], 3],
    [["nonsense"], 3],
    [["verify"], 3],
    [["verify", "a", "b"], 3],
    [["run", "--nonsense"], 3],
    [["prove", "--table", "t"], 3],
    [["prove", "--table", "t", "--where", "nothing"], 3],
    [["prove", "--table", "t", "--where", "=x"], 3],
    [["--help"], 0],
    [["run", "--help"], 0],
    [["--version"], 0],
    [["verify", "no-such-file"], 2],
    [["replay", "no-such-file"], 2],
  ])("%j exits with %i", async (args, exit) => {
    expect((await runEtrap(await makeFolder(), args)).exit).toBe(exit);
  });

  test("settings that are not right: all at once, exit 3", async () => {
    const { exit, errors } = await runEtrap(await makeFolder(), ["run"], {
      ETRAP_BATCH_SIZE: "0",
      ETRAP_S3_BUCKET: "b",
      REDIS_PASSWORD: "secret",
    });
    expect(exit).toBe(3);
    expect(errors.join()).toMatch(/ETRAP_S3_BUCKET[^]*ETRAP_BATCH_SIZE/);
    expect(errors.join()).not.toContain("secret");
  });

  test("a tables file that is none is a fault of the settings", async () => {
    const folder = await makeFolder();
    const bad = join(folder, "tables.json");
    const named = await readFile(tablesFile, "utf8");
    for (const content of ['{"public":{}}', named.replace("{", '{"tables": {},')]) {
      await writeFile(bad, content);
      const { exit, errors } = await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: bad });
      expect([exit, errors.join()]).toEqual([3, expect.stringContaining("ETRAP_TABLES_FILE")]);
    }
    expect((await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: tablesFile })).exit).toBe(0);
  });

  test("run --help names every variable", async () => {
    const { lines } = await runEtrap(await makeFolder(), ["run", "--help"]);
    expect(lines.join("\n")).toContain("ETRAP_FORCE_BATCH_AFTER");
  });
});
