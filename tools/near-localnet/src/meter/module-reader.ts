import { VmFailure } from "../calls/vm-failure.ts";

/** Reads the binary form of a WebAssembly module, front to back. Throws `VmFailure` at its end. */
export interface ModuleReader {
  readonly position: () => number;
  readonly isAtEnd: () => boolean;
  /** Reads one byte. */
  readonly byte: () => number;
  /** Reads an unsigned LEB128 number of at most 32 bits. */
  readonly number: () => number;
  /** Steps over a LEB128 number of any size, signed or not. */
  readonly skipNumber: () => void;
  /** Reads `length` bytes. They share memory with the module. */
  readonly take: (length: number) => Uint8Array;
}

/** Creates a reader of `bytes`. */
export function readModule(bytes: Uint8Array): ModuleReader {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at];
    if (value === undefined) throw undecodable();
    at++;
    return value;
  };
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const part = byte();
      value += (part & 127) * 2 ** shift;
      if (part < 128) return value;
    }
    throw undecodable();
  };
  return {
    position: () => at,
    isAtEnd: () => at === bytes.length,
    byte,
    number,
    skipNumber: () => {
      while (byte() >= 128);
    },
    take: (length) => {
      if (length > bytes.length - at) throw undecodable();
      at += length;
      return bytes.subarray(at - length, at);
    },
  };
}

/** Returns what the network says of a module that it cannot decode, or does not support. */
export function undecodable(): VmFailure {
  return new VmFailure({ kind: "prepare", error: "Deserialization" });
}

/** Returns `value` as unsigned LEB128. */
export function encodeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/** Returns `value`, which is not negative, as signed LEB128. */
export function encodeSigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 64) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
