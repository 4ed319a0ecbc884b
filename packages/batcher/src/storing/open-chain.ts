import { controlChain } from "../intake/chain-names.ts";
import type { Lane } from "../lanes/lane.ts";
import { checkHead } from "./check-head.ts";
import { completeDerived } from "./complete-derived.ts";
import type { OpenedChain } from "./drop-recorded.ts";
import type { WriterContext } from "./writer-context.ts";

/**
 * Opens the chain of a lane, and the control chain beside it, and makes sure that the chain may be
 * written. Rejects with the reason why it may not.
 */
export async function openChain(context: WriterContext, lane: Lane): Promise<OpenedChain> {
  const { source, store, chains } = context;
  const { generation } = source;
  // From the store, never from memory: another writer may have taken a slot. A crash here costs
  // nothing.
  const control = await chains.readAgain(controlChain(lane.chain.database));
  const chain = await chains.readAgain(lane.chain);
  // Nothing may be written that contradicts the anchor. This only reads, so a crash here costs
  // nothing.
  await checkHead(context, chain);
  // A crash may have left out derived documents behind the newest slot. A crash here leaves them to
  // the next start.
  await completeDerived(store, chain, context);
  return { chain, control, generation };
}
