import { batchId, headerDigest, parseAnchorDocument, parseEvidenceDocument, verifyBatch } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { derivedDocuments } from "../derived-documents.ts";
import { equalBytes } from "../equal-bytes.ts";
import { messageOf } from "../error-code.ts";
import { anchorKey, batchFolder, payloadKey } from "../object-keys.ts";
import type { StoredObject } from "../object-store.ts";
import { readBatch } from "../read-batch.ts";
import { parseStored } from "../slots.ts";
import type { CopyContext } from "./copy-event.ts";

/**
 * Verifies a batch, and copies everything but its slot. A tree or index document that is missing or
 * differs is made from the batch, and one that differs is reported. Rejects with LEDGER_DAMAGED for
 * a batch that its header does not commit to, and with the errors of the stores.
 */
export async function copyBatch(context: CopyContext, header: Header): Promise<void> {
  const { from, to } = context;
  const stored = await readBatch(from, header);
  const { rows } = parseStored(stored.key, () => verifyBatch(stored));
  await to.create(stored.key, stored.batchData);
  if (stored.payload !== undefined) await to.create(payloadKey(header, batchId(header)), stored.payload);
  const documents = derivedDocuments(
    header,
    rows.map(({ record }) => record),
  );
  await Promise.all(documents.map(async (document) => copyDerived(context, document)));
  await copyAnchor(context, header);
}

async function copyDerived({ from, to, report }: CopyContext, { key, bytes }: StoredObject): Promise<void> {
  const held = await from.get(key).catch(damagedInstead);
  // A missing document is no damage: a crash may have left its batch without it.
  const isOther = held === "damaged" || (held !== undefined && !equalBytes(held, bytes));
  if (isOther)
    report({ type: "refused", key, message: "not the document that its batch gives; it was made again in the copy" });
  await to.create(key, bytes);
}

/** Copies anchor.json and evidence.json, which are claims that only the anchor proves. */
async function copyAnchor(context: CopyContext, header: Header): Promise<void> {
  const evidence = `${batchFolder(header, batchId(header))}evidence.json`;
  await copyIfSound(context, anchorKey(header, batchId(header)), (bytes) => {
    const document = parseAnchorDocument(bytes);
    return document.batch_id === batchId(header) && document.header_digest === headerDigest(header);
  });
  await copyIfSound(context, evidence, (bytes) => parseEvidenceDocument(bytes).batch_id === batchId(header));
}

async function copyIfSound(
  { from, to, report }: CopyContext,
  key: string,
  isSound: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const bytes = await from.get(key).catch(damagedInstead);
  if (bytes === undefined) return;
  let problem: string | undefined = "not a document of this batch";
  try {
    if (bytes !== "damaged" && isSound(bytes)) problem = undefined;
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === undefined && bytes !== "damaged") await to.create(key, bytes);
  else report({ type: "refused", key, message: problem ?? "" });
}

/** Turns the error of an object that no store creates into a value. Throws every other error. */
function damagedInstead(error: unknown): "damaged" {
  if (error instanceof Error && "code" in error && error.code === "DAMAGED") return "damaged";
  throw error;
}
