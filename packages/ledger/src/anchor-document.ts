import { batchId, headerDigest, parseAnchorDocument } from "@etrap/proof";
import { encodeAnchorDocument } from "@etrap/proof/write";
import type { AnchorDocument, Header, Receipt } from "@etrap/proof";
import { equalBytes } from "./equal-bytes.ts";
import { codeOf } from "./error-code.ts";
import { anchorKey } from "./object-keys.ts";
import type { ObjectReader, ObjectStore } from "./object-store.ts";

/**
 * Creates the anchor.json of a batch, in one attempt. Returns false where another anchor.json
 * stands that names another mint. It is left as it is, since only the anchor proves a mint. Rejects
 * with the store's errors, or with a ProofError for a receipt that no reader accepts.
 */
export async function createAnchorDocument(store: ObjectStore, header: Header, receipt: Receipt): Promise<boolean> {
  const bytes = encode(header, receipt);
  // An object can never be replaced, so one that no reader accepts is never created.
  parseAnchorDocument(bytes);
  try {
    await store.create(anchorKey(header, batchId(header)), bytes);
    return true;
  } catch (error) {
    if (codeOf(error) !== "KEY_CONFLICT") throw error;
    const standing = await readAnchorDocument(store, header);
    return standing !== undefined && isSameMint(header, standing.receipt, receipt);
  }
}

/**
 * Reads the anchor.json of this batch. It is a claim, which only the anchor proves. Returns
 * undefined where there is none, or where it cannot be read or names another header.
 */
export async function readAnchorDocument(reader: ObjectReader, header: Header): Promise<AnchorDocument | undefined> {
  const bytes = await reader.get(anchorKey(header, batchId(header)));
  const document = bytes && parseOrNothing(bytes);
  return document?.batch_id === batchId(header) && document.header_digest === headerDigest(header)
    ? document
    : undefined;
}

/**
 * Whether two receipts name the same mint. A receipt that was looked up later may not know its
 * transaction.
 */
function isSameMint(header: Header, one: Receipt, other: Receipt): boolean {
  if (one.tx_hash !== null && other.tx_hash !== null && one.tx_hash !== other.tx_hash) return false;
  const known = encode(header, { ...one, tx_hash: null });
  return equalBytes(known, encode(header, { ...other, tx_hash: null }));
}

function encode(header: Header, receipt: Receipt): Uint8Array {
  const [batch_id, header_digest] = [batchId(header), headerDigest(header)];
  return encodeAnchorDocument({ format: "etrap-anchor/0", batch_id, header_digest, receipt });
}

function parseOrNothing(bytes: Uint8Array): AnchorDocument | undefined {
  try {
    return parseAnchorDocument(bytes);
  } catch {
    return undefined;
  }
}
