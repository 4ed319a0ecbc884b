import { COST } from "./costs.ts";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure, refuseInView } from "./host.ts";

const MAX_KEY = 2_048;
const MAX_VALUE = 4_194_304;
/** Bytes that every record takes besides its key and value. */
const RECORD_BYTES = 40;

type Two = readonly [length: bigint, at: bigint];
type Three = readonly [...Two, register: bigint];
type Five = readonly [keyLength: bigint, keyAt: bigint, length: bigint, at: bigint, register: bigint];

/** Returns the functions that read and write the contract's records, and count what they take. */
export function storageFunctions(host: Host): HostFunctions {
  return {
    storage_write: (...args: Five) => write(host, args),
    storage_read: (...args: Three) => read(host, args),
    storage_remove: (...args: Three) => remove(host, args),
    storage_has_key: (...args: Two) => hasKey(host, args),
  };
}

const per = (cost: bigint, bytes: { readonly length: number }): bigint => cost * BigInt(bytes.length);

function write(host: Host, [keyLength, keyAt, length, at, register]: Five): bigint {
  const { call, gas, memory, records, registers, result } = host;
  gas.burn(COST.base);
  refuseInView(call, "storage_write");
  gas.burn(COST.storageWrite);
  const key = readKey(host, keyLength, keyAt);
  const value = memory.read(at, length);
  if (value.length > MAX_VALUE) throw tooLong("value", value.length, MAX_VALUE);
  gas.burn(per(COST.storageWriteKeyByte, key) + per(COST.storageWriteValueByte, value));
  const evicted = records.get(key);
  records.set(key, value);
  result.storageUsage += value.length;
  if (evicted === undefined) {
    result.storageUsage += key.length + RECORD_BYTES;
    return 0n;
  }
  gas.burn(per(COST.storageWriteEvictedByte, evicted));
  result.storageUsage -= evicted.length;
  registers.write(register, evicted);
  return 1n;
}

function read(host: Host, [length, at, register]: Three): bigint {
  const { gas, records, registers } = host;
  gas.burn(COST.base + COST.storageRead);
  const key = readKey(host, length, at);
  gas.burn(per(COST.storageReadKeyByte, key));
  const value = records.get(key);
  if (value === undefined) return 0n;
  gas.burn(per(COST.storageReadValueByte, value));
  registers.write(register, value);
  return 1n;
}

function remove(host: Host, [length, at, register]: Three): bigint {
  const { call, gas, records, registers, result } = host;
  gas.burn(COST.base);
  refuseInView(call, "storage_remove");
  gas.burn(COST.storageRemove);
  const key = readKey(host, length, at);
  gas.burn(per(COST.storageRemoveKeyByte, key));
  const value = records.get(key);
  if (value === undefined) return 0n;
  records.set(key, undefined);
  gas.burn(per(COST.storageRemoveValueByte, value));
  result.storageUsage -= key.length + value.length + RECORD_BYTES;
  registers.write(register, value);
  return 1n;
}

function hasKey(host: Host, [length, at]: Two): bigint {
  host.gas.burn(COST.base + COST.storageHasKey);
  const key = readKey(host, length, at);
  host.gas.burn(per(COST.storageHasKeyByte, key));
  return host.records.get(key) === undefined ? 0n : 1n;
}

function readKey({ memory }: Host, length: bigint, at: bigint): string {
  const key = memory.read(at, length);
  if (key.length > MAX_KEY) throw tooLong("key", key.length, MAX_KEY);
  return Buffer.from(key).toString("latin1");
}

const tooLong = (what: string, length: number, limit: number): Error =>
  hostFailure(`The length of a storage ${what} ${length} exceeds the limit ${limit}`);
