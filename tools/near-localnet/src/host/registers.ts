import type { GasCounter } from "../calls/gas-counter.ts";
import { COST } from "./costs.ts";
import { hostFailure } from "./host.ts";

/** The registers of a call, by number. Every access costs gas. */
export interface Registers {
  /** Returns the content of a register. Throws `VmFailure` if it was never written. */
  readonly read: (register: bigint) => Uint8Array;
  readonly write: (register: bigint, bytes: Uint8Array) => void;
  /** Writes bytes that the network need not copy, so that their number costs nothing. */
  readonly share: (register: bigint, bytes: Uint8Array) => void;
  /** Returns the length of a register, or undefined if it was never written. */
  readonly lengthOf: (register: bigint) => number | undefined;
}

const MAX_REGISTERS = 100;
const MAX_LENGTH = 104_857_600;

/** Creates the registers of one call, none of which is written. */
export function createRegisters(gas: GasCounter): Registers {
  const registers = new Map<bigint, Uint8Array>();
  const share = (register: bigint, bytes: Uint8Array): void => {
    gas.burn(COST.writeRegister);
    const isOneMore = !registers.has(register) && registers.size === MAX_REGISTERS;
    if (isOneMore || bytes.length > MAX_LENGTH) throw hostFailure("Accessed memory outside the bounds.");
    registers.set(register, Uint8Array.from(bytes));
  };
  return {
    share,
    write: (register, bytes) => {
      gas.burn(COST.writeRegisterByte * BigInt(bytes.length));
      share(register, bytes);
    },
    read: (register) => {
      const bytes = registers.get(register);
      if (bytes === undefined) throw hostFailure(`Accessed invalid register id: ${register}`);
      gas.burn(COST.readRegister + COST.readRegisterByte * BigInt(bytes.length));
      return bytes;
    },
    lengthOf: (register) => registers.get(register)?.length,
  };
}
