import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import type { CapturedEntry } from "./capture-file.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import type { Outcome } from "../fixtures/run-etrap.ts";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";

const SECRET = "4111-1111-1111-1111";

const RULES = {
  ETRAP_EXCLUDED_TABLES: "public.t_*,sales-eu.*",
  ETRAP_INCLUDED_OPERATIONS: "INSERT,UPDATE,DELETE,TRUNCATE",
  ETRAP_EXCLUDED_COLUMNS: "*.account.owner,public.unique_only.email",
};

/**
 * Returns the entries of a real Debezium with the secret in every value of two columns, one of
 * which is a key. Two poison entries hold the secret too.
 */
function entriesWithSecret(): CapturedEntry[] {
  const recorded = readRecording("extended-schemas-on").map((entry) => ({
    ...entry,
    fields: entry.fields.map(
      ([name, value]) => [name, value.replaceAll(/"(owner|email)":"[^"]*"/g, `"$1":"${SECRET}"`)] as const,
    ),
  }));
  const source = { connector: "postgresql", db: "erp", schema: "public", table: "x".repeat(5_000) };
  const unrecordable = { before: null, after: { owner: SECRET }, source, op: "c" };
  const poison = [`{"owner":"${SECRET}`, JSON.stringify(unrecordable)].map((value, index) => ({
    stream: "etrap.public.account",
    id: `9999999999999-${index}`,
    fields: [
      ["key", "default"],
      ["value", value],
    ] as const,
  }));
  return [...recorded, ...poison];
}

async function replay(folder: string, environment: Readonly<Record<string, string>>): Promise<Outcome> {
  const file = join(folder, "capture.jsonl");
  await writeFile(
    file,
    entriesWithSecret()
      .map((entry) => JSON.stringify(entry))
      .join("\n"),
  );
  return runEtrap(folder, ["--json", "replay", file], { ETRAP_DEBUG: "true", ...environment });
}

/**
 * The files below a folder that hold the secret, as text or as the hex of a poison entry's bytes.
 */
function filesWithSecret(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(50);
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return bytes.includes(SECRET) || bytes.includes(Buffer.from(SECRET).toString("hex"));
    });
}

test("finds the secret in the files of a ledger without rules", async () => {
  const folder = await makeFolder();
  expect((await replay(folder, {})).errors).toEqual([]);
  const tables = filesWithSecret(join(folder, "ledger")).map((path) => path.split("/").at(-3));
  expect(new Set(tables)).toEqual(new Set(["account", "audit.account", "unique_only", "~"]));
});

test.each(["row", "fields"])(
  "stores nothing that the rules leave out, and names the rules in every header (%s)",
  async (commitment) => {
    const folder = await makeFolder();
    const { exit, lines, errors } = await replay(folder, { ...RULES, ETRAP_COMMITMENT: commitment });
    expect([exit, errors]).toEqual([0, []]);
    expect(filesWithSecret(join(folder, "ledger"))).toEqual([]);
    expect(lines.join("\n")).not.toContain(SECRET);

    // Verifies every batch, chain and proof.
    const chains = readLedger(join(folder, "ledger"));
    for (const { header } of chains.flatMap(({ batches }) => batches)) {
      expect(header.rules).toEqual({
        included_tables: null,
        excluded_tables: ["public.t_*", "sales-eu.*"],
        included_operations: ["INSERT", "UPDATE", "DELETE", "TRUNCATE"],
        excluded_columns: ["*.account.owner", "public.unique_only.email"],
      });
    }
    const changes = changesOf(chains);
    const tables = new Set(changes.map(({ record: { schema, table } }) => `${schema}.${table}`));
    expect(Array.from(tables).filter((name) => /^(public\.t_|sales-eu)/.test(name))).toEqual([]);
    expect(tables).toContain("audit.account");
    expect(changes.filter(({ record }) => record.operation === "SNAPSHOT")).toEqual([]);

    const named = (name: string): object[] =>
      changes
        .filter(({ record }) => record.table === name && record.operation === "INSERT")
        .map(({ record }) => record);
    expect(named("account").length).toBeGreaterThan(10);
    for (const record of named("account")) expect(record).toMatchObject({ omitted: { after: { owner: "EXCLUDED" } } });
    for (const record of named("unique_only")) {
      expect(record).toMatchObject({ omitted: { key: { email: "EXCLUDED" }, after: { email: "EXCLUDED" } } });
    }
    const poison = changes.filter(({ record }) => record.operation === "POISON");
    expect(poison.map(({ record: { reason, raw }, payload }) => [reason, raw, payload.entry])).toEqual([
      ["NOT_JSON", null, null],
      ["NOT_RECORDABLE", null, null],
    ]);
  },
);

test("counts skipped entries by reason, and records everything else", { timeout: 30_000 }, async () => {
  const folder = await makeFolder();
  const { lines } = await replay(folder, RULES);
  const events = lines.map((line): { event: string; reasons?: Record<string, number> } => JSON.parse(line));
  const total = (reason: string): number => events.reduce((sum, { reasons = {} }) => sum + (reasons[reason] ?? 0), 0);
  const all = await makeFolder();
  await replay(all, {});
  const everything = changesOf(readLedger(join(all, "ledger")));
  const isOut = (schema: string | null, table: string | null): boolean =>
    /^(public\.t_|sales-eu)/.test(`${schema}.${table}`);
  const left = everything.filter(({ record: { schema, table } }) => !isOut(schema, table));
  expect(total("TABLE_EXCLUDED")).toBe(everything.length - left.length);
  expect(total("OPERATION_EXCLUDED")).toBe(left.filter(({ record }) => record.operation === "SNAPSHOT").length);
  expect(total("OPERATION_EXCLUDED")).toBeGreaterThan(0);
  const expected = left.filter(({ record }) => record.operation !== "SNAPSHOT");
  expect(changesOf(readLedger(join(folder, "ledger"))).map(({ stream, id }) => `${stream} ${id}`)).toEqual(
    expected.map(({ stream, id }) => `${stream} ${id}`),
  );
  // A second replay records nothing, not even the poison, whose bytes are withheld.
  expect((await replay(folder, RULES)).lines.at(-1)).toContain('"changes":0');
});

test("proves a row by its other columns, and cannot decide by an excluded column", async () => {
  const folder = await makeFolder();
  await replay(folder, RULES);
  const prove = (where: string): Promise<Outcome> =>
    runEtrap(folder, ["prove", "--table", "public.account", "--where", where, "--out", folder]);
  const [file = ""] = (await prove("id=4")).lines;
  const { lines } = await runEtrap(folder, ["--json", "verify", file]);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    verdict: "pending",
    shown: { after: { id: "4" } },
    record: { omitted: { after: { owner: "EXCLUDED" } } },
  });
  const unknown = await prove(`owner=${SECRET}`);
  expect([unknown.exit, unknown.errors.join()]).toEqual([2, expect.stringContaining("may match")]);
});
