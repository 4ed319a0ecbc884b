import { eachAtOnce } from "../each-at-once.ts";
import { messageOf } from "../error-code.ts";
import { listChains } from "../list-chains.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader, ObjectStore } from "../object-store.ts";
import { copyChain } from "./copy-chain.ts";
import type { CopyEvent } from "./copy-event.ts";

/** Options of `copyLedger`. */
export interface CopyOptions {
  /** Called with what is copied, and with each object that is refused. */
  readonly onEvent?: (event: CopyEvent) => void;
  /** Whether to copy a chain. Default: all. */
  readonly includes?: (chain: ChainName) => boolean;
  /**
   * Whether to copy the source ids too, with which an agent goes on recording to the copy. Default:
   * false, for a copy that is only read.
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
}

const CHAINS_AT_ONCE = 4;

/**
 * Copies the chains of a ledger into another store, and verifies every batch on the way. A slot is
 * copied after everything that it names, so a copy that was cut off is a shorter ledger, and
 * copying again goes on from it. Nothing is overwritten. What is damaged is reported and not
 * copied; it ends its chain, unless it is a document that can be made from its batch. Orphans and
 * stray keys are not copied.
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
  const onStray = (folder: string): void =>
    report({ type: "refused", key: folder, message: "holds slots, but is not named as the folder of a table" });
  async function* chosen(): AsyncGenerator<ChainName> {
    for await (const chain of listChains(from, { onStray })) if (includes(chain)) yield chain;
  }
  await eachAtOnce(chosen(), CHAINS_AT_ONCE, async (chain) => {
    totals.chains += 1;
    await copyChain({ from, to, report, signal }, chain);
  });
  if (options.withSources === true) await copySources(from, to, report);
  return { ...totals };
}

async function copySources(from: ObjectReader, to: ObjectStore, report: (event: CopyEvent) => void): Promise<void> {
  for await (const key of from.list(".etrap/sources/")) {
    const bytes = await from.get(key);
    if (bytes === undefined) continue;
    try {
      await to.create(key, bytes);
    } catch (error) {
      report({ type: "refused", key, message: messageOf(error) });
    }
  }
}
