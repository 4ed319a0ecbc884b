import { BatcherError } from "../batcher-error.ts";
import { typeName } from "./type-name.ts";

/** A member of a delivery that is not what the port requires. */
export interface BadMember {
  /** The path of the member, such as `size` or `after.amount`. */
  readonly member: string;
  /** A description of what was expected there. */
  readonly expected: string;
  readonly value: unknown;
}

/**
 * Returns the error for a source that breaks its contract. Its message names the place of the
 * delivery and the member, and the type that came instead, never the value of a row.
 */
export function badDelivery(position: unknown, { member, expected, value }: BadMember): BatcherError {
  const message = `${placeOf(position)}: ${member}: expected ${expected}, got ${typeName(value)}`;
  return new BatcherError("BAD_DELIVERY", message);
}

function placeOf(position: unknown): string {
  const { stream, id } = (typeof position === "object" && position !== null ? position : {}) as Record<string, unknown>;
  return typeof stream === "string" && typeof id === "string" ? `${stream} ${id}` : "a delivery without a place";
}
