import { eachAtOnce } from "../each-at-once.ts";
import { listChains } from "../list-chains.ts";
import { chainFolder, parseChainFolder } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader, ObjectStore } from "../object-store.ts";
import { copyChain } from "./copy-chain.ts";
import type { CopyContext, CopyEvent } from "./copy-event.ts";
import { copySources, SOURCES } from "./copy-sources.ts";
import { createDatabases } from "./databases.ts";
import type { Databases } from "./databases.ts";
import { keysOnlyIn } from "./keys-only-in.ts";

/** Options of `copyLedger`. */
export interface CopyOptions {
  /** Called with what is copied, and with each object that is refused. */
  readonly onEvent?: (event: CopyEvent) => void;
  /** Whether to copy a chain. Default: all. */
  readonly includes?: (chain: ChainName) => boolean;
  /**
   * Whether to copy the source ids too, with which an agent goes on recording to the copy. That of
   * a database is refused unless all of its chains are whole in the copy. Default: false, for a
   * copy that is only read.
   */
  readonly withSources?: boolean;
  /** Ends the copy, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The result of a copy. */
export interface CopySummary {
  readonly chains: number;
  /** Batches that were copied now. */
  readonly copied: number;
  /** Batches that the target held already. */
  readonly present: number;
  /** Objects that were refused, and chains that were stopped by one. */
  readonly refused: number;
  /**
   * Objects of these chains, and of no chain, that the target lacks: orphans, stray keys, what
   * follows damage, and what was stored meanwhile. Source ids do not count.
   */
  readonly left: number;
}

const CHAINS_AT_ONCE = 4;

/**
 * Copies the chains of a ledger into another store, and verifies every batch on the way. A slot is
 * copied after everything that it names, so a copy that was cut off is a shorter ledger, and
 * copying again goes on from it. Nothing is overwritten. What is damaged is reported and not
 * copied; it ends its chain, unless it is a document that can be made from its batch. Batches that
 * the target holds are not read again, but anchors that they got since are copied. Orphans and
 * stray keys are not copied, and counted.
 *
 * Rejects with the errors of the target store, with the reason of `signal`, and with the errors of
 * the source store that say nothing about one chain.
 */
export async function copyLedger(from: ObjectReader, to: ObjectStore, options: CopyOptions = {}): Promise<CopySummary> {
  const { onEvent = () => undefined, includes = () => true, signal } = options;
  const totals = { chains: 0, copied: 0, present: 0, refused: 0 };
  const report = (event: CopyEvent): void => {
    if (event.type === "copied") totals.copied += 1;
    if (event.type === "present") totals.present += event.batches;
    if (event.type === "refused") totals.refused += 1;
    onEvent(event);
  };
  const context = { from, to, report, signal };
  const databases = createDatabases();
  await eachAtOnce(chosenChains(context, includes, databases), CHAINS_AT_ONCE, async (chain) => {
    totals.chains += 1;
    databases.add(chainFolder(chain), await copyChain(context, chain));
  });
  if (options.withSources === true) await copySources(context, databases.completeness);
  return { ...totals, left: await countLeft(context, includes) };
}

/** Yields the chains to copy, and notes the databases of which a chain is not copied. */
async function* chosenChains(
  { from, report }: CopyContext,
  includes: (chain: ChainName) => boolean,
  databases: Databases,
): AsyncGenerator<ChainName> {
  const onStray = (folder: string): void => {
    databases.add(folder, false);
    report({ type: "refused", key: folder, message: "holds slots, but is not named as the folder of a table" });
  };
  for await (const chain of listChains(from, { onStray })) {
    if (includes(chain)) yield chain;
    else databases.leaveOut(chainFolder(chain));
  }
}

/** Counts the keys of the chosen chains, and those of no chain, that only the source has. */
async function countLeft({ from, to }: CopyContext, includes: (chain: ChainName) => boolean): Promise<number> {
  let left = 0;
  for await (const key of keysOnlyIn(from, to, "")) {
    const chain = parseChainFolder(`${key.split("/").slice(0, 2).join("/")}/`);
    if (!key.startsWith(SOURCES) && (chain === undefined || includes(chain))) left += 1;
  }
  return left;
}
