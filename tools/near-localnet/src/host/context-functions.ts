import { COST } from "./costs.ts";
import type { Host, HostFunctions } from "./host.ts";
import { refuseInView } from "./host.ts";

/** Returns the functions that tell of the call, its block and the account's money. */
export function contextFunctions(host: Host): HostFunctions {
  const { call, gas, registers, result } = host;
  return {
    current_account_id: bytes(host, call.currentAccountId),
    chain_id: bytes(host, call.chainId),
    random_seed: bytes(host, call.block.randomSeed),
    input: (register: bigint) => {
      gas.burn(COST.base);
      registers.share(register, call.input);
    },
    signer_account_id: outsideViews(host, "signer_account_id", bytes(host, call.signerAccountId)),
    signer_account_pk: outsideViews(host, "signer_account_pk", bytes(host, call.signerPublicKey)),
    predecessor_account_id: outsideViews(host, "predecessor_account_id", bytes(host, call.predecessorAccountId)),
    refund_to_account_id: outsideViews(host, "refund_to_account_id", bytes(host, call.predecessorAccountId)),
    block_index: number(host, () => call.block.height),
    block_timestamp: number(host, () => call.block.timestamp),
    epoch_height: number(host, () => call.block.epoch),
    storage_usage: number(host, () => result.storageUsage),
    prepaid_gas: outsideViews(
      host,
      "prepaid_gas",
      number(host, () => call.prepaidGas),
    ),
    used_gas: outsideViews(host, "used_gas", number(host, gas.used)),
    account_balance: amount(host, () => result.balance),
    account_locked_balance: amount(host, () => 0n),
    attached_deposit: amount(host, () => call.deposit),
  };
}

/** Returns a function that writes `value` to a register. */
function bytes({ gas, registers }: Host, value: Uint8Array | string): (register: bigint) => void {
  return (register) => {
    gas.burn(COST.base);
    registers.write(register, Buffer.from(value));
  };
}

/** Returns a function that returns a number. */
function number({ gas }: Host, value: () => bigint | number): () => bigint {
  return () => {
    gas.burn(COST.base);
    return BigInt(value());
  };
}

/** Returns a function that writes an amount of yoctoNEAR to memory. */
function amount({ gas, memory }: Host, value: () => bigint): (at: bigint) => void {
  return (at) => {
    gas.burn(COST.base);
    memory.writeU128(at, value());
  };
}

function outsideViews<A extends unknown[], R>({ call }: Host, name: string, run: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    refuseInView(call, name);
    return run(...args);
  };
}
