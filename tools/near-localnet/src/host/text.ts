import { isAccountId } from "../transaction/account-id.ts";
import { COST } from "./costs.ts";
import type { Host } from "./host.ts";
import { hostFailure, MAX_U64 } from "./host.ts";

/** The most bytes that the log entries of one call may have. */
const MAX_LOG_BYTES = 16_384;
const MAX_LOGS = 100;

const bytesOf = (logs: readonly string[]): number => logs.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);

/** Adds a log entry. Throws `VmFailure` where there are too many, or they are too long. */
export function addLog({ gas, logs }: Host, entry: string): void {
  gas.burn(COST.log + COST.logByte * BigInt(Buffer.byteLength(entry)));
  checkLogBytes(logs, Buffer.byteLength(entry));
  logs.push(entry);
}

/** Refuses a further log entry where there are as many as a call may have. */
export function checkLogCount({ logs }: Host): void {
  if (logs.length >= MAX_LOGS) throw hostFailure(`The number of logs will exceed the limit ${MAX_LOGS}`);
}

function checkLogBytes(logs: readonly string[], more: number): void {
  const length = bytesOf(logs) + more;
  if (length > MAX_LOG_BYTES) {
    throw hostFailure(`The length of a log message ${length} exceeds the limit ${MAX_LOG_BYTES}`);
  }
}

/** Reads text in UTF-8, as panics and log entries give it. `MAX_U64` means up to a zero byte. */
export function readUtf8(host: Host, length: bigint, at: bigint): string {
  host.gas.burn(COST.utf8);
  if (length !== MAX_U64) checkLogBytes(host.logs, Number(length));
  const bytes = length === MAX_U64 ? readToZero(host, at, 1) : host.memory.read(at, length);
  host.gas.burn(COST.utf8Byte * BigInt(bytes.length));
  return decode(bytes, "utf-8", "String encoding is bad UTF-8 sequence.");
}

/** Reads text in UTF-16, as `log_utf16` gives it. `length` is in bytes. */
export function readUtf16(host: Host, length: bigint, at: bigint): string {
  host.gas.burn(COST.utf16);
  const bytes = length === MAX_U64 ? readToZero(host, at, 2) : host.memory.read(at, length);
  checkLogBytes(host.logs, bytes.length);
  host.gas.burn(COST.utf16Byte * BigInt(bytes.length));
  return decode(bytes, "utf-16le", "String encoding is bad UTF-16 sequence.");
}

function readToZero(host: Host, at: bigint, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0n; ; i++) {
    const unit = host.memory.read(at + i * BigInt(size), BigInt(size));
    if (unit.every((byte) => byte === 0)) return Buffer.concat(parts);
    parts.push(unit);
    checkLogBytes(host.logs, parts.length * size);
  }
}

/** Reads an account id. Throws `VmFailure` if it is not well formed. */
export function readAccountId({ gas, memory }: Host, length: bigint, at: bigint): string {
  const bytes = memory.read(at, length);
  gas.burn(COST.utf8 + COST.utf8Byte * BigInt(bytes.length));
  const accountId = decode(bytes, "utf-8", "String encoding is bad UTF-8 sequence.");
  if (!isAccountId(accountId)) throw hostFailure("VM Logic returned an invalid account id");
  return accountId;
}

function decode(bytes: Uint8Array, encoding: string, refusal: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw hostFailure(refusal);
    throw error;
  }
}
