import { readLittleEndian } from "../bytes/little-endian.ts";
import { dataGas, receiptGas } from "../transaction/fees.ts";
import { callAction } from "./add-action.ts";
import { COST } from "./costs.ts";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure, refuseInView } from "./host.ts";
import { readAccountId } from "./text.ts";

type Call8 = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/** Returns the functions that make promises, join them, return them and read their results. */
export function promiseFunctions(host: Host): HostFunctions {
  const { call, gas, memory, promises, result } = host;
  const create = (length: bigint, at: bigint): bigint => {
    const receiverId = enter(host, "promise_batch_create", () => readAccountId(host, length, at));
    burnReceipt(host, receiverId, []);
    return promises.addReceipt(receiverId, []);
  };
  const then = (promise: bigint, length: bigint, at: bigint): bigint => {
    const receiverId = enter(host, "promise_batch_then", () => readAccountId(host, length, at));
    const after = promises.receiptsOf(promise);
    burnReceipt(host, receiverId, after);
    return promises.addReceipt(receiverId, after);
  };
  return {
    promise_batch_create: create,
    promise_batch_then: then,
    promise_create: (...[length, at, ...rest]: Call8) => {
      const promise = create(length, at);
      callAction(host, promise, [...rest, 0n]);
      return promise;
    },
    promise_then: (...[before, length, at, ...rest]: readonly [bigint, ...Call8]) => {
      const promise = then(before, length, at);
      callAction(host, promise, [...rest, 0n]);
      return promise;
    },
    promise_and: (at: bigint, count: bigint) =>
      enter(host, "promise_and", () => {
        gas.burn(COST.promiseAnd + COST.promiseAndByte * 8n * count);
        return promises.join(readIndices(memory.read(at, 8n * count)));
      }),
    promise_return: (promise: bigint) => {
      gas.burn(COST.promiseReturn);
      enter(host, "promise_return", () => {
        const { index } = promises.receiptOf(promise, "Returning joint promise is currently prohibited.");
        result.returned = { kind: "promise", index };
      });
    },
    promise_results_count: () => enter(host, "promise_results_count", () => BigInt(call.promiseResults.length)),
    promise_result: (index: bigint, register: bigint) =>
      enter(host, "promise_result", () => readResult(host, index, register)),
  };
}

/** Burns the gas that every host function costs, and refuses views. */
function enter<T>({ call, gas }: Host, name: string, run: () => T): T {
  gas.burn(COST.base);
  refuseInView(call, name);
  return run();
}

function burnReceipt({ call, gas, promises }: Host, receiverId: string, after: readonly number[]): void {
  const { send, execute } = receiptGas(receiverId === call.currentAccountId);
  gas.burn(send);
  for (const index of after) gas.burn(dataGas(promises.receipts[index]?.receiverId === receiverId));
  gas.keep(execute);
}

function readIndices(bytes: Uint8Array): bigint[] {
  const indices: bigint[] = [];
  for (let at = 0; at < bytes.length; at += 8) indices.push(readLittleEndian(bytes.subarray(at, at + 8)));
  return indices;
}

/** Answers 1 for a value and 2 for a failure, as the network does. */
function readResult({ call, registers }: Host, index: bigint, register: bigint): bigint {
  const found = index < BigInt(call.promiseResults.length) ? call.promiseResults[Number(index)] : undefined;
  if (found === undefined) throw hostFailure(`Accessed invalid promise result index: ${index}`);
  if (found.kind === "failed") return 2n;
  registers.share(register, found.value);
  return 1n;
}
