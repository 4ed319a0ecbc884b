/** What a writer of the record needs besides: `@etrap/proof/write`. A reader needs nothing of it. */
export { encodeAnchorDocument, encodeEvidenceDocument } from "./anchor-documents.ts";
export { encodeBatchData, MAX_BATCH_DATA_BYTES } from "./batch-data.ts";
export { createBatchData, recordTree } from "./create-batch-data.ts";
export type { BatchDataOptions } from "./create-batch-data.ts";
export { epochFor, epochsCovering, extendCovered } from "./covered.ts";
export type { Covered, Stretch } from "./covered.ts";
export { commitToEntry, encodeEntry } from "./entry.ts";
export { encodeHeader, MAX_LEAVES } from "./header.ts";
export { commitToImage, isImage, openImage } from "./image.ts";
export { encodePayloadDocument } from "./payload-document.ts";
export { isPosition } from "./position.ts";
export { encodeRecord, isRecord } from "./record.ts";
export { summarizeRecords } from "./record-summary.ts";
export type { RecordSummary } from "./record-summary.ts";
export { isRuleName, MAX_RULE_NAMES, withholdsEntries } from "./rules.ts";
export { encodeDerivedDocuments, encodeIndexDocument, encodeTreeDocument } from "./tree-documents.ts";
export { createSalts } from "./salts.ts";
