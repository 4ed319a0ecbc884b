export { compareChanges } from "./compare-changes.ts";
export type { DecodedChange } from "./compare-changes.ts";
export { readRecording, recordingFile, recordingNames, tablesFile } from "./recordings.ts";
export type { RecordedEntry } from "./recordings.ts";
