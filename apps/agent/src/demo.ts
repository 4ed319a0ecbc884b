import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createLocalnet } from "@etrap/near-localnet";
import type { Localnet } from "@etrap/near-localnet";
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

/** The account of the organization on the demo's own NEAR chain. */
const ACCOUNT = "owner.acme";

interface Command {
  readonly expected: ExitCode;
  readonly environment?: Readonly<Record<string, string>>;
}

async function etrap({ expected, environment = {} }: Command, ...args: string[]): Promise<void> {
  const shown = args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg));
  process.stdout.write(`\n$ etrap ${shown.join(" ")}\n`);
  const exit = await runCommandLine(args, {
    environment: {
      ETRAP_ORG_ID: "acme",
      ETRAP_STORE_DIR: join(FOLDER, "ledger"),
      ETRAP_TABLES_FILE: join(DATA, "tables.json"),
      ...environment,
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

async function runSteps(localnet: Localnet): Promise<void> {
  const proofs = join(FOLDER, "proofs");
  const settings = join(FOLDER, "near");
  const { secretKey } = await localnet.createAccount(ACCOUNT);
  const place = ["--network", localnet.chainId, "--rpc", localnet.url];
  const setUp = ["--organization", "acme", "--account", ACCOUNT, ...place, "--out", settings, "--yes"];
  await etrap({ expected: 0, environment: { NEAR_PRIVATE_KEY: secretKey } }, "init", ...setUp);
  // The agent looks at final blocks, and this chain makes none by itself.
  localnet.advance(3);

  const environment = {
    NEAR_ACCOUNT_ID: `agent.${ACCOUNT}`,
    NEAR_KEY_FILE: join(settings, "agent-key.json"),
    NEAR_NETWORK: localnet.chainId,
    NEAR_RPC_URLS: localnet.url,
    NEAR_CONTRACT_ID: `notary.${ACCOUNT}`,
  };
  await etrap({ expected: 0, environment }, "replay", join(DATA, "extended-schemas-on.jsonl"));
  localnet.advance(3);
  const row = ["--table", "public.account", "--where", "owner=before the snapshot"];
  await etrap({ expected: 0 }, "prove", ...row, "--out", proofs);
  const proof = (await readdir(proofs)).find((name) => name.startsWith("BATCH-"));
  if (proof === undefined) throw new Error("the demo expected a proof file");
  const trust = ["--contract", `notary.${ACCOUNT}`, ...place];
  await etrap({ expected: 0 }, "verify", join(proofs, proof), ...trust);

  process.stdout.write("\nNow one byte of a copy is changed: the first letter of the value becomes a capital B.\n");
  const copy = join(FOLDER, "tampered.etrap.json");
  await tamper(join(proofs, proof), copy);
  await etrap({ expected: 1 }, "verify", copy, ...trust);
}

/** Serves the chain's page until the demo is interrupted. */
async function keep(localnet: Localnet): Promise<void> {
  process.stdout.write(`The chain's page is at ${localnet.url} until you press Ctrl-C.\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

async function runDemo(isKept: boolean): Promise<void> {
  const folder = await openDemoFolder(FOLDER);
  const localnet = await createLocalnet({ accounts: [{ accountId: "acme" }], folder: join(FOLDER, "chain") });
  try {
    await runSteps(localnet);
    await folder.close();
    process.stdout.write(
      `\nThe ledger, the chain, the proof and the tampered copy are in ${FOLDER}. README.md there says what each file is.\n`,
    );
    if (isKept) await keep(localnet);
    else process.stdout.write("With --keep, the demo shows the chain's accounts, tokens and transactions on a page.\n");
  } finally {
    await localnet.close();
    await folder.close();
  }
}

process.stdout.write(
  "ETRAP demo: changes that a real Debezium captured become a ledger, each batch gets an NFT on a NEAR chain in this process, and a proof is verified as a stranger would.\n",
);
try {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => arg !== "--keep");
  if (unknown !== undefined) throw new AgentError("BAD_ARGUMENT", `expected --keep or nothing, got ${unknown}`);
  await runDemo(args.includes("--keep"));
} catch (error) {
  if (!(error instanceof AgentError)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 2;
}
