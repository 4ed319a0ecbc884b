import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AgentError } from "./agent-error.ts";
import { runCommandLine } from "./cli.ts";
import { openDemoFolder } from "./demo-folder.ts";
import type { ExitCode } from "./exit-code.ts";

/**
 * The folder with a recording of a real Debezium: 30 tables with columns of every type, about 400
 * entries.
 */
const DATA = resolve(import.meta.dirname, "../../../tools/testdata/debezium");
const FOLDER = resolve("etrap-demo");

async function etrap(expected: ExitCode, ...args: string[]): Promise<void> {
  const shown = args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg));
  process.stdout.write(`\n$ etrap ${shown.join(" ")}\n`);
  const exit = await runCommandLine(args, {
    environment: {
      ETRAP_ORG_ID: "acme",
      ETRAP_STORE_DIR: join(FOLDER, "ledger"),
      ETRAP_TABLES_FILE: join(DATA, "tables.json"),
    },
    write: (line) => process.stdout.write(`${line}\n`),
    writeError: (line) => process.stderr.write(`${line}\n`),
    isTerminal: true,
    showProgress: () => undefined,
    outputClosed: new AbortController().signal,
    signal: new AbortController().signal,
  });
  if (exit !== expected) throw new Error(`the demo expected exit code ${expected}, got ${exit}`);
}

/** Writes a copy of a proof with one byte of a value changed. */
async function tamper(proof: string, copy: string): Promise<void> {
  const bytes = await readFile(proof);
  const at = bytes.indexOf("before the snapshot");
  if (at < 0) throw new Error("the demo expected its row in the proof");
  bytes[at] = "B".charCodeAt(0);
  await writeFile(copy, bytes);
}

async function runSteps(): Promise<void> {
  const proofs = join(FOLDER, "proofs");
  await etrap(0, "replay", join(DATA, "extended-schemas-on.jsonl"));
  await etrap(0, "prove", "--table", "public.account", "--where", "owner=before the snapshot", "--out", proofs);
  const proof = (await readdir(proofs)).find((name) => name.startsWith("BATCH-"));
  if (proof === undefined) throw new Error("the demo expected a proof file");
  await etrap(2, "verify", join(proofs, proof));

  process.stdout.write("\nNow one byte of a copy is changed: the first letter of the value becomes a capital B.\n");
  const copy = join(FOLDER, "tampered.etrap.json");
  await tamper(join(proofs, proof), copy);
  await etrap(1, "verify", copy);
}

process.stdout.write(
  "ETRAP demo: a ledger of changes that a real Debezium captured, and a proof that anyone can verify.\n",
);
try {
  const folder = await openDemoFolder(FOLDER);
  try {
    await runSteps();
  } finally {
    await folder.close();
  }
  process.stdout.write(
    `\nThe ledger, the proof and the tampered copy are in ${FOLDER}. README.md there says what each file is.\n`,
  );
} catch (error) {
  if (!(error instanceof AgentError)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 2;
}
