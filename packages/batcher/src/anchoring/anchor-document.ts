import { batchFolder, batchId, headerDigest, parseAnchorDocument } from "@etrap/proof";
import { encodeAnchorDocument } from "@etrap/proof/write";
import type { AnchorDocument, Header, Receipt } from "@etrap/proof";
import { codeOf } from "../error-code.ts";
import type { OnEvent } from "../events.ts";
import type { ObjectStore } from "../ports.ts";

/**
 * Creates a batch's anchor.json. Where another stands, it stays: it is compared with the receipt, which is the anchor's own word, and reported
 * where it differs. Tries once: the chain's next attempt gets the same receipt, and other chains do not wait for this one's store. Rejects with
 * what the store does, or a
 * ProofError for a receipt that no reader takes.
 */
export async function storeAnchorDocument(
  store: ObjectStore,
  header: Header,
  receipt: Receipt,
  onEvent: OnEvent,
): Promise<void> {
  const [key, bytes] = [anchorKey(header), encode(header, receipt)];
  // Nothing stands for ever that no reader takes.
  parseAnchorDocument(bytes);
  try {
    await store.create(key, bytes);
  } catch (error) {
    if (codeOf(error) !== "KEY_CONFLICT") throw error;
    const standing = await readAnchorDocument(store, header);
    if (standing === undefined || !isSameReceipt(header, standing.receipt, receipt))
      onEvent({ type: "anchor-differs", key });
  }
}

/** The anchor.json of this very batch, a claim; undefined where there is none, or none that can be read and names this header. */
export async function readAnchorDocument(store: ObjectStore, header: Header): Promise<AnchorDocument | undefined> {
  const bytes = await store.get(anchorKey(header));
  const document = bytes && parseOrNothing(bytes);
  return document?.batch_id === batchId(header) && document.header_digest === headerDigest(header)
    ? document
    : undefined;
}

/** Whether two receipts tell of one mint. Who finds a batch anchored may not know its transaction. */
function isSameReceipt(header: Header, one: Receipt, other: Receipt): boolean {
  if (one.tx_hash !== null && other.tx_hash !== null && one.tx_hash !== other.tx_hash) return false;
  const known = encode(header, { ...one, tx_hash: null });
  return Buffer.compare(known, encode(header, { ...other, tx_hash: null })) === 0;
}

function encode(header: Header, receipt: Receipt): Uint8Array {
  const [batch_id, header_digest] = [batchId(header), headerDigest(header)];
  return encodeAnchorDocument({ format: "etrap-anchor/0", batch_id, header_digest, receipt });
}

function anchorKey(header: Header): string {
  return `${batchFolder(header, batchId(header))}anchor.json`;
}

function parseOrNothing(bytes: Uint8Array): AnchorDocument | undefined {
  try {
    return parseAnchorDocument(bytes);
  } catch {
    return undefined;
  }
}
