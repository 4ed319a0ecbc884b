import { batchId, verifyBatch } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { derivedDocuments } from "../derived-documents.ts";
import { equalBytes } from "../equal-bytes.ts";
import { payloadKey } from "../object-keys.ts";
import type { StoredObject } from "../object-store.ts";
import { readBatch } from "../read-batch.ts";
import { parseStored } from "../slots.ts";
import { copyAnchor, damagedInstead } from "./copy-anchor.ts";
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
