import { encodeHeader, verifyChain } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { messageOf } from "../error-code.ts";
import { LedgerError } from "../ledger-error.ts";
import { slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import { createSlots } from "../slots.ts";
import type { Slots } from "../slots.ts";
import { copyLateAnchors } from "./copy-anchor.ts";
import { copyBatch } from "./copy-batch.ts";
import type { CopyContext } from "./copy-event.ts";
import { findStart } from "./find-start.ts";
import { refusalOf } from "./refusal.ts";

/** The largest number of batches of a chain that are read and copied at a time. */
const BATCHES_AT_ONCE = 8;

/** A batch on its way: `copied` resolves once everything but its slot stands in the target. */
interface BatchOnItsWay {
  readonly header: Header;
  readonly copied: Promise<void>;
}

/**
 * Copies the batches of a chain that the target lacks, oldest first. What is damaged ends the chain
 * and is reported. Returns whether the whole chain is in the target. Rejects with the errors of the
 * stores.
 */
export async function copyChain(context: CopyContext, chain: ChainName): Promise<boolean> {
  try {
    const start = await findStart(context, chain);
    if (start !== undefined) context.report({ type: "present", batches: start.seq + 1 });
    await copyBatchesAfter(context, chain, start);
    if (start !== undefined) await copyLateAnchors(context, start);
    return true;
  } catch (error) {
    context.report(refusalOf(error, slotKey(chain, 0)));
    return false;
  }
}

async function copyBatchesAfter(context: CopyContext, chain: ChainName, start: Header | undefined): Promise<void> {
  const onWay: BatchOnItsWay[] = [];
  try {
    for await (const header of headersAfter(createSlots(context.from, chain), start)) {
      context.signal?.throwIfAborted();
      const copied = copyBatch(context, header);
      // Prevents an unhandled rejection, since this may be awaited later, or never.
      copied.catch(() => undefined);
      onWay.push({ header, copied });
      if (onWay.length === BATCHES_AT_ONCE) await takeSlot(context, onWay);
    }
  } finally {
    // The batches before one that failed are sound, so they are still copied. If one of them fails
    // here, its error is the first of the chain, and replaces the later one.
    await takeSlots(context, onWay);
  }
}

/** Creates the slot of the oldest batch on its way. */
async function takeSlot({ to, report }: CopyContext, onWay: BatchOnItsWay[]): Promise<void> {
  const [next] = onWay;
  if (next === undefined) return;
  await next.copied;
  // The commit point of the copy. A crash before it leaves objects that copying again creates
  // again.
  await to.create(slotKey(next.header, next.header.seq), encodeHeader(next.header));
  // Not before the slot stands: a batch that failed stays the oldest, so none behind it gets a
  // slot, which would leave a hole.
  onWay.shift();
  report({ type: "copied", header: next.header });
}

/** Creates the slots of all batches on their way, up to the first that fails. */
async function takeSlots(context: CopyContext, onWay: BatchOnItsWay[]): Promise<void> {
  try {
    while (onWay.length > 0) await takeSlot(context, onWay);
  } finally {
    await Promise.allSettled(onWay.map(({ copied }) => copied));
  }
}

/** Yields the headers that follow this one, and checks that each follows the one before. */
async function* headersAfter(slots: Slots, newest: Header | undefined): AsyncGenerator<Header> {
  let previous = newest;
  for (;;) {
    const seq = previous === undefined ? 0 : previous.seq + 1;
    const header = await slots.read(seq);
    if (header !== undefined) {
      checkLink(previous, header);
      yield header;
      previous = header;
    } else if (await slots.isEnd(seq)) return;
  }
}

function checkLink(previous: Header | undefined, header: Header): void {
  try {
    verifyChain(previous === undefined ? [header] : [previous, header]);
  } catch (cause) {
    const key = slotKey(header, header.seq);
    throw new LedgerError("LEDGER_DAMAGED", `${key}: does not follow the slot before (${messageOf(cause)})`, cause);
  }
}
