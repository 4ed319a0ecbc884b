import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runCommandLine } from "./cli.ts";
import type { ExitCode } from "./exit-code.ts";

/** A recording of a real Debezium: 30 tables of every type, about 400 entries. */
const DATA = resolve(import.meta.dirname, "../../../testdata/debezium");
const FOLDER = resolve("etrap-demo");

async function etrap(...args: string[]): Promise<ExitCode> {
  const shown = args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg));
  process.stdout.write(`\n$ etrap ${shown.join(" ")}\n`);
  return runCommandLine(args, {
    environment: {
      ETRAP_ORG_ID: "acme",
      ETRAP_STORE_DIR: join(FOLDER, "record"),
      ETRAP_TABLES_FILE: join(DATA, "tables.json"),
    },
    write: (line) => process.stdout.write(`${line}\n`),
    writeError: (line) => process.stderr.write(`${line}\n`),
    isTerminal: true,
    signal: new AbortController().signal,
  });
}

/** Changes one byte of a value in a copy of a proof. */
async function tamper(proof: string, copy: string): Promise<void> {
  const bytes = await readFile(proof);
  const at = bytes.indexOf("before the snapshot");
  if (at < 0) throw new Error("the demo's row is not in its proof");
  bytes[at] = "B".charCodeAt(0);
  await writeFile(copy, bytes);
}

function expectExit(expected: ExitCode, actual: ExitCode): void {
  if (actual !== expected) throw new Error(`the demo expected exit code ${expected}, got ${actual}`);
}

await rm(FOLDER, { recursive: true, force: true });
await mkdir(join(FOLDER, "proofs"), { recursive: true });
process.stdout.write("ETRAP demo: changes that a real Debezium captured become a record that anyone can verify.\n");

expectExit(0, await etrap("replay", join(DATA, "extended-schemas-on.jsonl")));
const proofs = join(FOLDER, "proofs");
expectExit(
  0,
  await etrap("prove", "--table", "public.account", "--where", "owner=before the snapshot", "--out", proofs),
);
const [proof] = await readdir(proofs);
if (proof === undefined) throw new Error("the demo expected a proof file");
expectExit(2, await etrap("verify", join(proofs, proof)));

process.stdout.write("\nNow one byte of a copy is changed: the b of the value becomes a B.\n");
const copy = join(FOLDER, "tampered.etrap.json");
await tamper(join(proofs, proof), copy);
expectExit(1, await etrap("verify", copy));

process.stdout.write(`\nLook into ${FOLDER}: the record, the proof and the tampered copy are there.\n`);
