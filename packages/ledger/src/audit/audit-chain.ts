import { batchId, parseHeader, verifyChain } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { messageOf } from "../error-code.ts";
import { LedgerError } from "../ledger-error.ts";
import { chainFolder, parseSlotKey, slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader } from "../object-store.ts";
import { parseStored } from "../slots.ts";
import { auditBatch } from "./audit-batch.ts";
import type { AuditContext } from "./audit-context.ts";
import { auditLeftovers } from "./audit-leftovers.ts";
import { eachAtOnce } from "../each-at-once.ts";
import { findingOf, findingOfError } from "./finding.ts";
import type { AuditFinding } from "./finding.ts";

/** The slots of a chain as an audit found them, in a few bytes a batch. */
export interface WalkedChain {
  readonly chain: ChainName;
  /** The ids of the batches that a slot names. */
  readonly ids: ReadonlySet<string>;
  /** The numbers of these slots. */
  readonly seqs: ReadonlySet<number>;
  /** The number of the last slot that the store lists, -1 for none. */
  readonly newest: number;
}

/** Checks a chain: its slots from the first to the last, their batches, and what else is there. */
export async function auditChain(context: AuditContext, chain: ChainName): Promise<void> {
  const [ids, seqs] = [new Set<string>(), new Set<number>()];
  let newest = -1;
  const headers = walkSlots(context, chain, (seq) => {
    newest = seq;
  });
  await eachAtOnce(headers, context.batchesAtOnce, async (header) => {
    ids.add(batchId(header));
    seqs.add(header.seq);
    const isRead = !context.headersOnly && isSince(header, context.since);
    if (isRead) await auditBatch(context, header);
    context.count(header.leaf_count, isRead);
  });
  await auditLeftovers(context, { chain, ids, seqs, newest });
}

/**
 * Whether a batch may hold a change of this time or later. A change is recorded after it was
 * committed, so a batch that was sealed before holds none.
 */
function isSince(
  { sealed_at: sealedAt, first_timestamp: first, last_timestamp: last }: Header,
  since: number,
): boolean {
  return Math.max(sealedAt, first ?? sealedAt, last ?? sealedAt) >= since;
}

/**
 * Reads the slots that the store lists, in order, and yields the header of each. Reports those that
 * are missing or damaged, and those that do not follow the one before.
 */
async function* walkSlots(
  { reader, report, signal }: AuditContext,
  chain: ChainName,
  onSlot: (seq: number) => void,
): AsyncGenerator<Header> {
  const folder = `${chainFolder(chain)}chain/`;
  let previous: Header | undefined;
  let expected = 0;
  for await (const key of reader.list(folder)) {
    signal.throwIfAborted();
    const seq = parseSlotKey(key)?.seq;
    if (seq === undefined) {
      report(findingOf("STRAY_KEY", { key, message: "no slot has this key" }));
      continue;
    }
    if (seq > expected) report(holeOf(chain, expected, seq));
    if (seq !== expected) previous = undefined;
    expected = seq + 1;
    onSlot(seq);
    const header = await readSlot(reader, { key, chain, seq }).catch((error: unknown) =>
      report(findingOfError(error, "SLOT_DAMAGED", key)),
    );
    if (header === undefined) {
      previous = undefined;
      continue;
    }
    const broken = follows(previous, header);
    if (broken !== undefined) report(findingOf("CHAIN_BROKEN", { key, message: broken }));
    yield header;
    previous = header;
  }
}

/** A slot as the store lists it. */
interface ListedSlot {
  readonly key: string;
  readonly chain: ChainName;
  readonly seq: number;
}

async function readSlot(reader: ObjectReader, { key, chain, seq }: ListedSlot): Promise<Header> {
  const bytes = await reader.get(key);
  if (bytes === undefined) throw new LedgerError("SLOT_MISSING", `${key}: listed, but there is no object`);
  const header = parseStored(key, () => parseHeader(bytes));
  if (header.seq === seq && chainFolder(header) === chainFolder(chain)) return header;
  throw new LedgerError("LEDGER_DAMAGED", `${key}: expected a header of this chain and seq`);
}

/** Returns why a header does not follow the one before, undefined where it does. */
function follows(previous: Header | undefined, header: Header): string | undefined {
  try {
    verifyChain(previous === undefined ? [header] : [previous, header]);
    return undefined;
  } catch (error) {
    if (previous === undefined) return messageOf(error);
    const before = slotKey(previous, previous.seq);
    return `does not follow ${before}, so one of the two was replaced (${messageOf(error)})`;
  }
}

function holeOf(chain: ChainName, first: number, end: number): AuditFinding {
  const key = slotKey(chain, first);
  const slots = end - first === 1 ? "missing" : `missing, with all slots up to number ${end - 1}`;
  const message = `${slots}, although a later one stands; etrap repair restores it from its batch`;
  return findingOf("SLOT_MISSING", { key, message });
}
