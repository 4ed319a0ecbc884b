import { controlChain } from "./reading/arrival.ts";
import type { Asked } from "./ask.ts";
import type { Batching } from "./batching.ts";
import { checkHead } from "./check-head.ts";
import { completeDerived } from "./record/complete-derived.ts";
import type { Lane } from "./lanes/lane.ts";

/** Reads where a lane's chain stands, and the control chain beside it, and makes sure that it may be written. Rejects with what stands against it. */
export async function openForWriting(batching: Batching, lane: Lane): Promise<Asked> {
  const { store, chains } = batching;
  // From the store, never from memory: another writer may have been here. A crash in here costs nothing.
  const control = await chains.readAgain(controlChain(lane.chain.database));
  const chain = await chains.readAgain(lane.chain);
  // Nothing is written over what is anchored. Only reads: a crash costs nothing.
  await checkHead(batching, lane, chain);
  // What a crash cut off behind the newest slot. A crash in here costs beginning once more.
  await completeDerived(store, chain, batching);
  return { chain, control };
}
