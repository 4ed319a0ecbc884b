import { readInstruction } from "./instructions.ts";
import type { ModuleReader } from "./module-reader.ts";
import { encodeNumber, encodeSigned, readModule, undecodable } from "./module-reader.ts";

/** The functions that metered code calls, by index. */
export interface Meters {
  /** Takes an i64: gas that the code behind the call costs. */
  readonly charge: number;
  /** Takes an i32 and gives it back: a number of bytes or elements that an instruction works on. */
  readonly chargeLinear: number;
}

/** Gas of one instruction (`wasm_regular_op_cost`). */
export const INSTRUCTION_GAS = 822_756;
/** Gas of an instruction on a range, besides that of each unit (`wasm_linear_op_base_cost`). */
const LINEAR_GAS = 26_328_192;

const CALL = 0x10;
const I64_CONST = 0x42;

/** The bytes that a call takes on the stack, besides those of parameters and locals. */
const FRAME_BYTES = 64;
/** The bytes of a value, by the byte of its type. All others have eight. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 0x7f: 4, 0x7d: 4 };

/**
 * Reads the locals of a function. Returns what a call of it takes on the stack, which costs gas
 * too.
 */
function frameBytes(reader: ModuleReader, params: Uint8Array): number {
  let bytes = params.reduce((sum, type) => sum + (VALUE_BYTES[type] ?? 8), FRAME_BYTES);
  for (let groups = reader.number(); groups > 0; groups--) {
    const count = reader.number();
    bytes += count * (VALUE_BYTES[reader.byte()] ?? 8);
  }
  return bytes;
}

/**
 * Returns a function body in which every stretch that runs as a whole begins with a call that
 * charges for it. A loop's body begins a stretch, so no loop runs for nothing.
 */
export function meterBody(body: Uint8Array, params: Uint8Array, meters: Meters): Uint8Array {
  const reader = readModule(body);
  const frame = frameBytes(reader, params);
  const parts: Uint8Array[] = [body.subarray(0, reader.position())];
  let start = reader.position();
  let pieces: Uint8Array[] = [];
  let gas = Math.ceil(frame / 8) * INSTRUCTION_GAS;
  let depth = 1;
  const close = (): void => {
    pieces.push(body.subarray(start, reader.position()));
    if (gas > 0) parts.push(Uint8Array.of(I64_CONST, ...encodeSigned(gas), CALL, ...encodeNumber(meters.charge)));
    parts.push(...pieces);
    [start, pieces, gas] = [reader.position(), [], 0];
  };
  while (depth > 0) {
    const before = reader.position();
    const { kind, opens } = readInstruction(reader);
    if (opens) depth++;
    if (kind === "end") depth--;
    if (kind === "linear") {
      pieces.push(body.subarray(start, before), Uint8Array.of(CALL, ...encodeNumber(meters.chargeLinear)));
      start = before;
      gas += LINEAR_GAS;
    } else if (kind === "plain" || kind === "branch") gas += INSTRUCTION_GAS;
    if (kind !== "plain" && kind !== "linear") close();
    // The network counts a loop itself each time that it runs.
    if (kind === "loop") gas += INSTRUCTION_GAS;
  }
  if (!reader.isAtEnd()) throw undecodable();
  return Buffer.concat(parts);
}
