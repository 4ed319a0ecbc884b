import { encodeHeader, headerDigest, verifyChain } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { codeOf, messageOf } from "../error-code.ts";
import { LedgerError } from "../ledger-error.ts";
import { slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import { createSlots } from "../slots.ts";
import type { Slots } from "../slots.ts";
import { copyBatch } from "./copy-batch.ts";
import type { CopyContext } from "./copy-event.ts";

/** The largest number of batches of a chain that are read and copied at a time. */
const BATCHES_AT_ONCE = 8;

/** A batch on its way: `copied` resolves once everything but its slot stands in the target. */
interface BatchOnItsWay {
  readonly header: Header;
  readonly copied: Promise<void>;
}

/**
 * Copies the batches of a chain that the target lacks, oldest first. What is damaged ends the chain
 * and is reported. Rejects with the errors of the stores.
 */
export async function copyChain(context: CopyContext, chain: ChainName): Promise<void> {
  const { from, to, report } = context;
  const onWay: BatchOnItsWay[] = [];
  try {
    const newest = await createSlots(to, chain).findNewest();
    const slots = createSlots(from, chain);
    if (newest !== undefined) {
      await checkSame(slots, newest);
      report({ type: "present", batches: newest.seq + 1 });
    }
    for await (const header of headersAfter(slots, newest)) {
      context.signal?.throwIfAborted();
      const copied = copyBatch(context, header);
      // Prevents an unhandled rejection, since this may be awaited later, or never.
      copied.catch(() => undefined);
      onWay.push({ header, copied });
      if (onWay.length === BATCHES_AT_ONCE) await takeSlot(context, onWay);
    }
    while (onWay.length > 0) await takeSlot(context, onWay);
  } catch (error) {
    // The batches before the damaged one are sound, so they are still copied.
    await takeSoundSlots(context, onWay);
    if (!isOfChain(error)) throw error;
    const [, key = slotKey(chain, 0), message = ""] = /^(\S+): (.*)$/s.exec(messageOf(error)) ?? [];
    report({ type: "refused", key, message });
  }
}

/** Creates the slot of the oldest batch on its way. */
async function takeSlot({ to, report }: CopyContext, onWay: BatchOnItsWay[]): Promise<void> {
  const next = onWay.shift();
  if (next === undefined) return;
  await next.copied;
  // The commit point of the copy. A crash before it leaves objects that copying again creates
  // again.
  await to.create(slotKey(next.header, next.header.seq), encodeHeader(next.header));
  report({ type: "copied", header: next.header });
}

/** Creates the slots of the batches up to the first that could not be copied. */
async function takeSoundSlots(context: CopyContext, onWay: BatchOnItsWay[]): Promise<void> {
  try {
    while (onWay.length > 0) await takeSlot(context, onWay);
  } catch {
    // The error that ended the chain is reported.
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

/** Rejects with LEDGER_DAMAGED where the target's newest slot is not that of the source. */
async function checkSame(slots: Slots, newest: Header): Promise<void> {
  const key = slotKey(newest, newest.seq);
  const same = await slots.read(newest.seq);
  if (same !== undefined && headerDigest(same) === headerDigest(newest)) return;
  const why = same === undefined ? "the source has no such slot" : "the source holds another batch there";
  throw new LedgerError("LEDGER_DAMAGED", `${key}: the target holds another ledger: ${why}`);
}

/** Whether an error is about this chain, and says nothing about the stores. */
function isOfChain(error: unknown): boolean {
  return ["LEDGER_DAMAGED", "SLOT_MISSING", "KEY_CONFLICT"].includes(codeOf(error) ?? "");
}
