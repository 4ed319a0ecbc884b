import { VmFailure } from "../calls/vm-failure.ts";
import { dataByteGas } from "../transaction/fees.ts";
import { COST } from "./costs.ts";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure } from "./host.ts";
import { addLog, checkLogCount, readUtf16, readUtf8 } from "./text.ts";

const MAX_RETURNED = 4_194_304;

const panic = (message: string): VmFailure => new VmFailure({ kind: "panic", message });

/** Returns the functions with which a contract logs, returns and panics. */
export function resultFunctions(host: Host): HostFunctions {
  const { gas } = host;
  return {
    value_return: (length: bigint, at: bigint) => returnValue(host, host.memory.read(at, length)),
    panic: () => {
      gas.burn(COST.base);
      throw panic("explicit guest panic");
    },
    panic_utf8: (length: bigint, at: bigint) => {
      gas.burn(COST.base);
      throw panic(readUtf8(host, length, at));
    },
    log_utf8: (length: bigint, at: bigint) => {
      gas.burn(COST.base);
      checkLogCount(host);
      addLog(host, readUtf8(host, length, at));
    },
    log_utf16: (length: bigint, at: bigint) => {
      gas.burn(COST.base);
      checkLogCount(host);
      addLog(host, readUtf16(host, length, at));
    },
    abort: (...[message, file, line, column]: readonly [number, number, number, number]) => {
      gas.burn(COST.base);
      checkLogCount(host);
      const place = `filename: "${assemblyText(host, file)}" line: ${line >>> 0} col: ${column >>> 0}`;
      const text = `${assemblyText(host, message)}, ${place}`;
      addLog(host, `ABORT: ${text}`);
      throw panic(text);
    },
  };
}

function returnValue({ call, gas, result }: Host, value: Uint8Array): void {
  gas.burn(COST.base);
  if (value.length > MAX_RETURNED) {
    throw hostFailure(`The length of a returned value ${value.length} exceeds the limit ${MAX_RETURNED}`);
  }
  for (const receiver of call.dataReceivers) gas.burn(dataByteGas(value.length, receiver === call.currentAccountId));
  result.returned = { kind: "value", value };
}

/** Reads a string of AssemblyScript, whose length in bytes stands in the four bytes before it. */
function assemblyText(host: Host, pointer: number): string {
  const at = pointer >>> 0;
  if (at < 4) throw hostFailure("String encoding is bad UTF-16 sequence.");
  const length = Buffer.from(host.memory.read(BigInt(at - 4), 4n)).readUInt32LE();
  return readUtf16(host, BigInt(length), BigInt(at));
}
