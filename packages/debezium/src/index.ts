export { createDecoder } from "./decoder.ts";
export type { DecoderOptions } from "./decoder.ts";
export { DebeziumError } from "./debezium-error.ts";
export type { DebeziumErrorCode } from "./debezium-error.ts";
export type { ColumnType } from "./tables/column-type.ts";
export type { ConnectorSettings } from "./tables/connector-settings.ts";
export { parseTableDescriptions } from "./tables/table-descriptions.ts";
export type { Identity, TableDescription, TableDescriptions } from "./tables/table-descriptions.ts";
