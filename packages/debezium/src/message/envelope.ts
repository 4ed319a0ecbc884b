import type { Change } from "@etrap/batcher";
import { isObject, member, nonNegativeOf, safeIntegerOf } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import { PoisonedEntry } from "./poison.ts";

const OPERATIONS: ReadonlyMap<Json | undefined, Change["operation"]> = new Map([
  ["c", "INSERT"],
  ["u", "UPDATE"],
  ["d", "DELETE"],
  ["r", "SNAPSHOT"],
  ["t", "TRUNCATE"],
]);

/** A message without its wrapper. */
interface Unwrapped {
  readonly payload: Json;
  /** The node that describes the payload. Undefined with schemas off. */
  readonly node: JsonObject | undefined;
}

/** Takes a message out of the `{schema, payload}` in which Debezium wraps it, if it is wrapped. */
export function unwrap(json: Json): Unwrapped {
  const asItIs = { payload: json, node: undefined };
  if (!isObject(json) || Object.keys(json).length !== 2) return asItIs;
  const [schema, payload] = [member(json, "schema"), member(json, "payload")];
  if (schema === undefined || payload === undefined) return asItIs;
  if (schema === null) return { payload, node: undefined };
  // A row may have columns with the names `schema` and `payload`, so the schema must look like one.
  return isObject(schema) && typeof member(schema, "type") === "string" ? { payload, node: schema } : asItIs;
}

/**
 * Returns the reason why a message holds no change, or undefined if it may hold one. The shape of
 * the message decides, never the name of its stream.
 */
export function skipReason(payload: JsonObject): string | undefined {
  const op = member(payload, "op");
  if (op === "m") return "MESSAGE";
  if (op !== undefined) return undefined;
  const status = member(payload, "status");
  if ((status === "BEGIN" || status === "END") && typeof member(payload, "id") === "string") return "TRANSACTION";
  const names = Object.keys(payload);
  return names.length > 0 && names.every((name) => /^ts_(ms|us|ns)$/.test(name)) ? "HEARTBEAT" : undefined;
}

/**
 * Reads the operation of a change. Throws PoisonedEntry with UNKNOWN_SHAPE or UNKNOWN_OPERATION.
 */
export function parseOperation(payload: JsonObject): Change["operation"] {
  const op = member(payload, "op");
  if (op === undefined) throw new PoisonedEntry("UNKNOWN_SHAPE");
  const operation = OPERATIONS.get(op);
  if (operation === undefined) throw new PoisonedEntry("UNKNOWN_OPERATION");
  return operation;
}

/**
 * Returns when the connector saw a change, in nanoseconds since 1970, from the finest time it
 * gives.
 */
export function capturedAtOf(payload: JsonObject): string | null {
  const inUnit = (name: string, zeros: string): string | undefined => {
    const digits = nonNegativeOf(member(payload, name));
    return digits === null ? undefined : digits + zeros;
  };
  return inUnit("ts_ns", "") ?? inUnit("ts_us", "000") ?? inUnit("ts_ms", "000000") ?? null;
}

/** Returns the number of a change in its transaction, or null if the connector does not give it. */
export function txOrderOf(payload: JsonObject): number | null {
  const transaction = member(payload, "transaction");
  const order = isObject(transaction) ? safeIntegerOf(member(transaction, "total_order")) : undefined;
  return order !== undefined && order >= 0 ? order : null;
}
