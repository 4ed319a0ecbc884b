/** Parsers of JSON whose member names are right on every platform. */
export { parseJson } from "./bytes/parse-json.ts";
export { parseLosslessJson } from "./bytes/parse-lossless-json.ts";
export type { LosslessJsonOptions } from "./bytes/parse-lossless-json.ts";
