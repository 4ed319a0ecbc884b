import { littleEndian, readLittleEndian } from "../bytes/little-endian.ts";
import type { GasCounter } from "../calls/gas-counter.ts";
import { COST } from "./costs.ts";
import { hostFailure, MAX_U64 } from "./host.ts";
import type { Registers } from "./registers.ts";

/** The contract's memory. Every access costs gas. */
export interface GuestMemory {
  /** Returns a copy of `length` bytes at `at`. Where `length` is `MAX_U64`, `at` is a register. */
  readonly read: (at: bigint, length: bigint) => Uint8Array;
  readonly write: (at: bigint, bytes: Uint8Array) => void;
  readonly readU128: (at: bigint) => bigint;
  readonly writeU128: (at: bigint, value: bigint) => void;
}

/** Creates the memory of one call. */
export function createGuestMemory(memory: WebAssembly.Memory, gas: GasCounter, registers: Registers): GuestMemory {
  const read = (at: bigint, length: bigint): Uint8Array => {
    if (length === MAX_U64) return registers.read(at);
    gas.burn(COST.readMemory + COST.readMemoryByte * length);
    return Uint8Array.from(rangeOf(memory, at, length));
  };
  const write = (at: bigint, bytes: Uint8Array): void => {
    gas.burn(COST.writeMemory + COST.writeMemoryByte * BigInt(bytes.length));
    rangeOf(memory, at, BigInt(bytes.length)).set(bytes);
  };
  return {
    read,
    write,
    readU128: (at) => readLittleEndian(read(at, 16n)),
    writeU128: (at, value) => write(at, littleEndian(value, 16)),
  };
}

/** The buffer is asked for each time, since the memory moves when it grows. */
function rangeOf({ buffer }: WebAssembly.Memory, at: bigint, length: bigint): Uint8Array {
  if (at + length > BigInt(buffer.byteLength)) throw hostFailure("Accessed memory outside the bounds.");
  return new Uint8Array(buffer, Number(at), Number(length));
}
