import { actions, nearToYocto } from "near-api-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "../fixtures/clients.ts";
import { wasmOf } from "../fixtures/run-wat.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";

let localnet: Localnet;

beforeAll(async () => {
  localnet = await createLocalnet();
});
afterAll(() => localnet.close());

const PROMISES = {
  promise_batch_create: "i64 i64:i64",
  promise_batch_then: "i64 i64 i64:i64",
  promise_and: "i64 i64:i64",
  promise_return: "i64",
  promise_batch_action_function_call: "i64 i64 i64 i64 i64 i64 i64",
  promise_results_count: ":i64",
  promise_result: "i64 i64:i64",
  value_return: "i64 i64",
  panic: "",
};

/**
 * A contract at `p.near`. Memory: its id at 0, methods of one letter at 16, and zeros from 64 on.
 */
const CODE = wasmOf(`(module
  ${Object.entries(PROMISES)
    .map(([name, type]) => {
      const [params = "", result] = type.split(":");
      const returned = result === undefined ? "" : `(result ${result})`;
      return `(import "env" "${name}" (func $${name} (param ${params}) ${returned}))`;
    })
    .join("\n")}
  (memory 1) (data (i32.const 0) "p.near") (data (i32.const 16) "abcd")
  (func $self (result i64) i64.const 6 i64.const 0 call $promise_batch_create)
  (func $call (param $promise i64) (param $method i64) (param $gas i64)
    local.get $promise i64.const 1 local.get $method i64.const 0 i64.const 0 i64.const 64 local.get $gas
    call $promise_batch_action_function_call)
  (func (export "a") i64.const 1 i64.const 16 call $value_return)
  (func (export "b") call $panic)
  (func (export "c")
    i32.const 128 call $promise_results_count i64.store8
    i32.const 129 i64.const 0 i64.const 0 call $promise_result i64.store8
    i32.const 130 i64.const 1 i64.const 0 call $promise_result i64.store8
    i64.const 3 i64.const 128 call $value_return)
  (func (export "joint") (local $a i64) (local $b i64) (local $c i64)
    call $self local.tee $a i64.const 16 i64.const 5000000000000 call $call
    call $self local.tee $b i64.const 17 i64.const 5000000000000 call $call
    i32.const 192 local.get $a i64.store i32.const 200 local.get $b i64.store
    i64.const 192 i64.const 2 call $promise_and i64.const 6 i64.const 0 call $promise_batch_then local.tee $c
    i64.const 18 i64.const 5000000000000 call $call
    local.get $c call $promise_return)
  (func (export "no_gas") call $self i64.const 16 i64.const 0 call $call)
  (func (export "return_joint") (local $a i64)
    call $self local.tee $a i64.const 16 i64.const 5000000000000 call $call
    i32.const 192 local.get $a i64.store
    i64.const 192 i64.const 1 call $promise_and call $promise_return))`);

test("a promise waits for two others, of which one fails, and its result is the transaction's", async () => {
  const client = clientOf(localnet, await localnet.createAccount("p.near", { balance: nearToYocto("10") }));
  await client.deployContract(CODE);
  const run = (method: string) =>
    client.signAndSendTransaction({
      receiverId: "p.near",
      actions: [actions.functionCall(method, new Uint8Array(), 100_000_000_000_000n)],
      waitUntil: "FINAL",
      throwOnFailure: false,
    });
  // Two results: the first is a value (1), the second a failure (2).
  expect((await run("joint")).status).toEqual({ SuccessValue: Buffer.from([2, 1, 2]).toString("base64") });
  const zeroGas = { NewReceiptValidationError: { ActionsValidation: "FunctionCallZeroAttachedGas" } };
  expect((await run("no_gas")).status).toMatchObject({ Failure: { ActionError: { kind: zeroGas } } });
  const joint = { FunctionCallError: { ExecutionError: "Returning joint promise is currently prohibited." } };
  expect((await run("return_joint")).status).toMatchObject({ Failure: { ActionError: { kind: joint } } });
});
