import { refusalOf } from "../redis-source-error.ts";

/** Throws a refusal and any bug, since waiting helps with neither. */
export function throwIfFinal(error: unknown): void {
  const refusal = refusalOf(error);
  if (refusal !== undefined) throw refusal;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error;
}
