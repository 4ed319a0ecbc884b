export { canonicalText, hstoreMap } from "./canonical-text.ts";
export { modeTables, modeTruth, readModeRecordings } from "./modes.ts";
export type { ModeRecording } from "./modes.ts";
export { compareChanges } from "./compare-changes.ts";
export type { DecodedChange } from "./compare-changes.ts";
export { readRecording, recordingFile, recordingNames, tablesFile } from "./recordings.ts";
export type { RecordedEntry } from "./recordings.ts";
