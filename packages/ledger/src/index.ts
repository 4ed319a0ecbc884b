export { auditLedger } from "./audit/audit-ledger.ts";
export type { AuditOptions, AuditSummary } from "./audit/audit-ledger.ts";
export type { AuditEvent } from "./audit/audit-context.ts";
export type { AuditCode, AuditFinding, Severity } from "./audit/finding.ts";
export { findLeftovers, removeLeftover } from "./audit/leftovers.ts";
export type { Leftover } from "./audit/leftovers.ts";
export { copyLedger } from "./copy/copy-ledger.ts";
export type { CopyOptions, CopySummary } from "./copy/copy-ledger.ts";
export type { CopyEvent } from "./copy/copy-event.ts";
export { createAnchorDocument, readAnchorDocument } from "./anchor-document.ts";
export { completeDerived } from "./complete-derived.ts";
export type { CompleteDerivedOptions, IncompleteBatch } from "./complete-derived.ts";
export { derivedDocuments, missingDerived } from "./derived-documents.ts";
export { codeOf, messageOf } from "./error-code.ts";
export { LedgerError } from "./ledger-error.ts";
export type { LedgerErrorCode } from "./ledger-error.ts";
export { listChains } from "./list-chains.ts";
export type { ListOptions } from "./list-chains.ts";
export {
  anchorKey,
  batchDataKey,
  batchFolder,
  chainFolder,
  parseChainFolder,
  parseSlotKey,
  slotKey,
} from "./object-keys.ts";
export type { ChainName } from "./object-keys.ts";
export { isKeySegment, isObjectKey, MAX_OBJECT_BYTES } from "./object-store.ts";
export type { ObjectReader, ObjectRemover, ObjectStore, StoredObject, StoreErrorCode } from "./object-store.ts";
export { readBatch } from "./read-batch.ts";
export type { StoredBatch } from "./read-batch.ts";
export { readHeaders } from "./read-headers.ts";
export { repairChain } from "./repair-chain.ts";
export type { RepairedSlot, RepairOptions } from "./repair-chain.ts";
export { createSlots, parseStored } from "./slots.ts";
export type { Slots } from "./slots.ts";
