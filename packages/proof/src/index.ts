export {
  encodeAnchorDocument,
  encodeEvidenceDocument,
  parseAnchorDocument,
  parseEvidenceDocument,
} from "./anchor-documents.ts";
export type { AnchorDocument, EvidenceDocument } from "./anchor-documents.ts";
export { anchorProof } from "./anchor-proof.ts";
export type { Anchor, Evidence, Receipt } from "./anchor.ts";
export { createBatchData, encodeBatchData, MAX_BATCH_DATA_BYTES, parseBatchData, recordTree } from "./batch-data.ts";
export type { BatchData, BatchDataOptions, Row } from "./batch-data.ts";
export { epochFor, epochsCovering, extendCovered } from "./covered.ts";
export type { Covered, Stretch } from "./covered.ts";
export { discloseProof } from "./disclose.ts";
export type { Disclosure } from "./disclose.ts";
export { commitToEntry, encodeEntry } from "./entry.ts";
export type { OpenedEntry } from "./entry.ts";
export { findRow } from "./find-row.ts";
export type { FoundRows, RowQuery } from "./find-row.ts";
export { batchId, encodeHeader, headerDigest, MAX_LEAVES, parseHeader } from "./header.ts";
export type { CoveredRange, Header, PayloadPlace } from "./header.ts";
export { history } from "./history.ts";
export type { History, HistoryEntry } from "./history.ts";
export { commitToImage, isImage, openImage, shownValues } from "./image.ts";
export type { Commitment, Field, Image, OpenedFields, OpenedImage, OpenedRow, Value } from "./image.ts";
export { batchFolder, chainFolder, slotKey } from "./object-keys.ts";
export type { ChainName } from "./object-keys.ts";
export { encodePayloadDocument, parsePayloadDocument } from "./payload-document.ts";
export type { PayloadDocument } from "./payload-document.ts";
export { hiddenParts } from "./payload.ts";
export type { HiddenPart, Payload } from "./payload.ts";
export { comparePositions, isPosition } from "./position.ts";
export { ProofError } from "./proof-error.ts";
export type { ProofErrorCode } from "./proof-error.ts";
export { encodeProofFile, parseProofFile } from "./proof-file.ts";
export type { ProofFile } from "./proof-file.ts";
export { encodeRecord, isRecord, parseRecord } from "./record.ts";
export type { ChangeRecord, Omissions, OmittedColumns, Operation } from "./record.ts";
export { summarizeRecords } from "./record-summary.ts";
export type { RecordSummary } from "./record-summary.ts";
export { replays } from "./replays.ts";
export type { ArrivalKind } from "./replays.ts";
export {
  encodeDerivedDocuments,
  encodeIndexDocument,
  encodeTreeDocument,
  parseIndexDocument,
  parseTreeDocument,
} from "./tree-documents.ts";
export type { IndexDocument, IndexName, TreeDocument } from "./tree-documents.ts";
export { createSalts } from "./salts.ts";
export { verifyAnchoredBatch } from "./verify-anchor.ts";
export type { AnchorClaim, AnchoredBatch, TrustedAnchor } from "./verify-anchor.ts";
export { verifyBatch } from "./verify-batch.ts";
export type { BatchDocuments, VerifiedBatch } from "./verify-batch.ts";
export { verifyChain } from "./verify-chain.ts";
export type { VerifiedChain } from "./verify-chain.ts";
export { verifyProof } from "./verify-proof.ts";
export type { VerifiedProof, VerifyOptions } from "./verify-proof.ts";
