import type { Failure } from "../calls/vm-failure.ts";

/** V8's words for a trap, and the network's. */
const TRAPS: readonly (readonly [RegExp, string])[] = [
  [/^unreachable/u, "An `unreachable` opcode was executed."],
  [/signature mismatch|null function/u, "Call indirect incorrect signature trap."],
  [/table index is out of bounds|table access out of bounds|table out of bounds/u, "Memory out of bounds trap."],
  [/memory access out of bounds/u, "Memory out of bounds trap."],
  [/divide by zero|divide result|remainder by zero|unrepresentable/u, "An arithmetic exception, e.g. divided by zero."],
];

/** Returns the trap that V8 reported, or undefined if `error` is no trap of a contract. */
export function trapOf(error: unknown): Failure | undefined {
  if (error instanceof RangeError && error.message.startsWith("Maximum call stack")) {
    // The network counts the stack itself, and says the same of it as of memory.
    return { kind: "host", message: "Accessed memory outside the bounds." };
  }
  if (!(error instanceof WebAssembly.RuntimeError)) return undefined;
  const found = TRAPS.find(([pattern]) => pattern.test(error.message));
  return { kind: "trap", message: found?.[1] ?? "Generic trap." };
}
