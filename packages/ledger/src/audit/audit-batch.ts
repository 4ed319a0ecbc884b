import { batchId, headerDigest, parseAnchorDocument, verifyBatch } from "@etrap/proof";
import type { Header, VerifiedBatch } from "@etrap/proof";
import { derivedDocuments } from "../derived-documents.ts";
import { equalBytes } from "../equal-bytes.ts";
import { LedgerError } from "../ledger-error.ts";
import { anchorKey, batchFolder, slotKey } from "../object-keys.ts";
import type { StoredObject } from "../object-store.ts";
import { readBatch } from "../read-batch.ts";
import { COMPLETION_MS } from "./audit-context.ts";
import type { AuditContext } from "./audit-context.ts";
import { findingOf, findingOfError } from "./finding.ts";
import type { Severity } from "./finding.ts";

/**
 * Checks a whole batch: that it is the one that its header commits to, and that every other
 * document in its folder belongs to it.
 */
export async function auditBatch(context: AuditContext, header: Header): Promise<void> {
  const folder = batchFolder(header, batchId(header));
  const stored = await readBatch(context.reader, header).catch((error: unknown) => {
    const key = `${folder}batch-data.json`;
    const finding = findingOfError(error, "BATCH_MISSING", key);
    const isThere = error instanceof LedgerError && error.cause !== undefined;
    const code = finding.code === "BATCH_MISSING" && isThere ? "BATCH_DAMAGED" : finding.code;
    const message = `${finding.message} (${slotKey(header, header.seq)})`;
    context.report(findingOf(code, { key, message }));
  });
  let batch: VerifiedBatch | undefined;
  if (stored !== undefined) {
    try {
      batch = verifyBatch(stored);
    } catch (error) {
      // The header is the one that was read from the slot, so the fault is in the batch.
      const slot = slotKey(header, header.seq);
      const { message } = findingOfError(error, "BATCH_DAMAGED", stored.key);
      context.report(findingOf("BATCH_DAMAGED", { key: stored.key, message: `${message} (as ${slot} commits to it)` }));
    }
  }
  if (batch !== undefined) await auditDerived(context, batch);
  await auditAnchor(context, header);
}

async function auditDerived(context: AuditContext, { header, rows }: VerifiedBatch): Promise<void> {
  const records = rows.map(({ record }) => record);
  // The writer creates them after the slot, so a batch that is read in between is not damaged.
  const severity = context.now - header.sealed_at < COMPLETION_MS ? "note" : "fault";
  const documents = derivedDocuments(header, records);
  await Promise.all(documents.map(async (document) => auditDocument(context, document, severity)));
}

async function auditDocument(context: AuditContext, { key, bytes }: StoredObject, ifMissing: Severity): Promise<void> {
  try {
    const held = await context.reader.get(key);
    if (held === undefined) {
      const message = "missing, although its batch stands; etrap repair makes it again";
      context.report(findingOf("DERIVED_MISSING", { key, message }, ifMissing));
    } else if (!equalBytes(held, bytes)) {
      context.report(findingOf("DERIVED_DIFFERS", { key, message: "expected the bytes that its batch gives" }));
    }
  } catch (error) {
    context.report(findingOfError(error, "DERIVED_DIFFERS", key));
  }
}

async function auditAnchor({ reader, report }: AuditContext, header: Header): Promise<void> {
  const key = anchorKey(header, batchId(header));
  try {
    const bytes = await reader.get(key);
    if (bytes === undefined) return;
    const document = parseAnchorDocument(bytes);
    if (document.batch_id === batchId(header) && document.header_digest === headerDigest(header)) return;
    report(findingOf("ANCHOR_DAMAGED", { key, message: "expected the anchor of this batch, got that of another" }));
  } catch (error) {
    report(findingOfError(error, "ANCHOR_DAMAGED", key));
  }
}
