import { COST } from "./costs.ts";
import type { Host, HostFunctions } from "./host.ts";
import { MAX_U64 } from "./host.ts";

/** Returns the functions that move bytes between registers and memory. */
export function registerFunctions({ gas, memory, registers }: Host): HostFunctions {
  return {
    read_register: (register: bigint, at: bigint) => {
      gas.burn(COST.base);
      memory.write(at, registers.read(register));
    },
    register_len: (register: bigint) => {
      gas.burn(COST.base);
      return BigInt(registers.lengthOf(register) ?? MAX_U64);
    },
    write_register: (register: bigint, length: bigint, at: bigint) => {
      gas.burn(COST.base);
      registers.write(register, memory.read(at, length));
    },
  };
}
