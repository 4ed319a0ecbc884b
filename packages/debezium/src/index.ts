export { createDecoder } from "./decoder.ts";
export type { DecoderOptions } from "./decoder.ts";
export { DebeziumError } from "./debezium-error.ts";
export type { DebeziumErrorCode } from "./debezium-error.ts";
export type { OmissionCode } from "./omission.ts";
export type { PoisonReason } from "./poison.ts";
export { parseTableDescriptions } from "./table-descriptions.ts";
export type { ConnectorSettings, Identity, TableDescription, TableDescriptions } from "./table-descriptions.ts";
export type { ColumnType } from "./column-type.ts";
