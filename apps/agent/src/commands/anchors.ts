import { anchorStored } from "@etrap/batcher";
import type { AnchorStatus } from "@etrap/batcher";
import { createSlots, readAnchorDocument, readHeaders } from "@etrap/ledger";
import type { ChainName, ObjectReader } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import type { Command } from "commander";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { openAnchor } from "../near/open-anchor.ts";
import { withSettings } from "../recording/with-settings.ts";
import { chainLabel } from "../report/chain-label.ts";
import { printable, printableJson } from "../report/printable.ts";
import { describeVariables } from "../settings/describe-variables.ts";
import { parseSettings } from "../settings/settings.ts";
import { createCommandReporter } from "./command-context.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";

interface RetryOptions extends ChainQuery {
  readonly batch?: string;
}

/** Adds the commands `anchors list` and `anchors retry`. */
export function addAnchorsCommand(program: Command, context: CommandContext): void {
  const anchors = program.command("anchors").description("show and repeat the anchoring of batches");
  anchors
    .command("list")
    .description("write a line for every chain: which of its batches have an anchor.json, and how many wait")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions & ChainQuery) =>
      context.setExit(await listAnchors(await openStore(context.shell, options), options, context)),
    );
  anchors
    .command("retry")
    .description("anchor the batches that wait, once and now; may be run beside etrap run")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option("--batch <id>", "only the chain of this batch, as batches list writes it")
    .addHelpText("after", describeVariables("run"))
    .action(async (options: RetryOptions) => context.setExit(await retryAnchors(options, context)));
}

/** How far a chain is anchored. A seq is −1 where there is no such batch. */
interface ChainAnchors {
  readonly chain: ChainName;
  readonly newest: Header;
  /** The newest batch with an anchor.json. */
  readonly anchored: Header | undefined;
}

/**
 * Writes a line for each chain that matches. Returns `no` where batches wait. Throws BAD_ARGUMENT
 * where no chain matches.
 */
async function listAnchors(
  store: ObjectReader,
  query: ChainQuery,
  { shell, isJson }: CommandContext,
): Promise<ExitCode> {
  await refuseUnknownChain(store, query);
  let exit: ExitCode = EXIT.yes;
  for await (const chain of findChains(store, query)) {
    const found = await findAnchors(store, chain);
    if (found === undefined) continue;
    if (found.anchored?.seq !== found.newest.seq) exit = EXIT.no;
    shell.write(isJson() ? printableJson(toAnswer(found)) : printable(toLine(found)));
  }
  return exit;
}

/**
 * Walks back from the newest batch, since those without an anchor.json are the newest of a chain.
 */
async function findAnchors(store: ObjectReader, chain: ChainName): Promise<ChainAnchors | undefined> {
  const slots = createSlots(store, chain);
  const newest = await slots.findNewest();
  if (newest === undefined) return undefined;
  for (let seq = newest.seq; seq >= 0; seq -= 1) {
    const header = await slots.require(seq);
    if ((await readAnchorDocument(store, header)) !== undefined) return { chain, newest, anchored: header };
  }
  return { chain, newest, anchored: undefined };
}

function toAnswer({ chain: { database, schema, table }, newest, anchored }: ChainAnchors): object {
  const waiting = newest.seq - (anchored?.seq ?? -1);
  return { database, schema, table, newest: batchId(newest), anchored: anchored && batchId(anchored), waiting };
}

function toLine({ chain, newest, anchored }: ChainAnchors): string {
  const waiting = newest.seq - (anchored?.seq ?? -1);
  const state = waiting === 0 ? "all anchored" : `${waiting} waiting`;
  const upTo = anchored === undefined ? "none anchored" : `anchored up to ${batchId(anchored)}  #${anchored.seq}`;
  const table = chain.table === null ? "control chain" : chainLabel(chain);
  return `${state.padEnd(12)}  ${upTo}  newest #${newest.seq}  ${chain.database}  ${table}`;
}

/**
 * Anchors the batches that wait in the chains that match. Returns `no` where some still wait.
 * Throws BAD_SETTINGS without NEAR's settings, and BAD_ARGUMENT where no chain matches.
 */
async function retryAnchors({ batch, ...query }: RetryOptions, context: CommandContext): Promise<ExitCode> {
  const { shell } = context;
  const settings = parseSettings(shell.environment);
  const store = await openStore(shell, {});
  const chains = batch === undefined ? await chainsOf(store, query) : [await chainOfBatch(store, query, batch)];
  const reporter = createCommandReporter(context, settings);
  const near = await openAnchor(settings, reporter);
  if (near === undefined) {
    const message = "invalid settings:\n  NEAR_ACCOUNT_ID: expected the account that mints; see etrap init";
    throw new AgentError("BAD_SETTINGS", message);
  }
  const { anchorFrom, maxMintRetries } = settings.near;
  const onEvent = withSettings((event) => reporter(event), settings);
  const options = { chains, anchorPolicy: { anchorFrom, maxMintRetries }, onEvent };
  const status = await anchorStored({ store, anchor: near.anchor }, options, shell.signal);
  return writeStatus(status, chains.length, context);
}

async function chainsOf(store: ObjectReader, query: ChainQuery): Promise<ChainName[]> {
  await refuseUnknownChain(store, query);
  return Array.fromAsync(findChains(store, query));
}

async function chainOfBatch(store: ObjectReader, query: ChainQuery, id: string): Promise<ChainName> {
  for (const chain of await chainsOf(store, query))
    for await (const header of readHeaders(store, chain)) if (batchId(header) === id) return chain;
  throw new AgentError("BAD_ARGUMENT", `--batch ${id}: no such batch in the ledger; see etrap batches list`);
}

function writeStatus({ pending, unchecked }: AnchorStatus, count: number, { shell, isJson }: CommandContext): ExitCode {
  const isDone = pending + unchecked === 0;
  const chains = count === 1 ? "1 chain" : `${count} chains`;
  const waits =
    unchecked === 0 ? `${pending} batches wait` : `${pending} batches wait, and ${unchecked} chains are unchecked`;
  const line = isDone ? `✅ every batch of ${chains} is anchored` : `❌ ${waits}; the lines above say why`;
  shell.write(isJson() ? printableJson({ chains: count, waiting: pending, unchecked }) : line);
  return isDone ? EXIT.yes : EXIT.no;
}
