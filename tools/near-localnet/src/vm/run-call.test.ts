import { expect, test } from "vitest";
import { failureText } from "../calls/vm-failure.ts";
import { standardContract } from "../fixtures/contracts.ts";
import { CALL, RETURN_REGISTER, runWat, wasmOf } from "../fixtures/run-wat.ts";
import { COST } from "../host/costs.ts";
import { INSTRUCTION_GAS } from "../meter/meter-body.ts";
import { runCall } from "./run-call.ts";

const NO_RECORDS = { get: () => undefined, set: () => undefined };

const said = (parts: Parameters<typeof runWat>[0], call: Parameters<typeof runWat>[1] = {}): string => {
  const { failure } = runWat(parts, call);
  return failure === undefined ? "" : failureText(failure);
};

/** Gas of `body` alone, in instructions. A call of its function costs nine more for its frame. */
function instructionsOf(body: string): number {
  const gasOf = (text: string): bigint => {
    const code = wasmOf(`(module (memory 1) (func (export "run") (local $x i32) ${text}))`);
    const loading = COST.contractLoading + COST.contractLoadingByte * BigInt(code.length);
    return runCall(code, CALL, NO_RECORDS).burntGas - loading;
  };
  return Number(gasOf(body)) / INSTRUCTION_GAS - 9;
}

test("an endless loop ends with its gas", () => {
  const outcome = runWat({ body: "(loop $l br $l)" });
  expect(outcome.failure).toEqual({ kind: "host", message: "Exceeded the prepaid gas." });
  expect(outcome.burntGas).toBe(CALL.prepaidGas);
});

test("a view has as much gas as a call may burn at most, and then ends too", () => {
  const gas = 1_000_000_000_000_000n;
  expect(said({ body: "(loop $l br $l)" }, { isView: true, prepaidGas: gas })).toBe(
    "Exceeded the maximum amount of gas allowed to burn per contract.",
  );
});

test("a recursion without end overflows the stack", () => {
  const code = wasmOf('(module (func $f (export "run") call $f i32.const 0 drop))');
  const { failure } = runCall(code, { ...CALL, prepaidGas: 1_000_000_000_000_000n }, NO_RECORDS);
  expect(failure).toEqual({ kind: "host", message: "Accessed memory outside the bounds." });
});

test.each([
  ["nop", 1],
  ["i32.const 1 drop", 2],
  ["", 0],
  ["(block nop)", 1],
  ["(block br 0 nop nop)", 1],
  ["i32.const 0 (if (then nop nop nop) (else nop))", 3],
  ["i32.const 1 (if (then nop nop nop) (else nop))", 5],
  ["i32.const 0 i64.const 1 i64.store i32.const 0 f64.load drop f32.const 1.5 drop", 8],
])("%s costs %i instructions", (body, count) => {
  expect(instructionsOf(body)).toBe(count);
});

test("a loop costs every time it runs", () => {
  const loop = (times: number): string =>
    `(loop $l local.get $x i32.const 1 i32.add local.tee $x i32.const ${times} i32.lt_u br_if $l)`;
  expect(instructionsOf(loop(11)) - instructionsOf(loop(10))).toBe(8);
});

test("a range costs by its length", () => {
  const fill = (length: number): string => `i32.const 0 i32.const 1 i32.const ${length} memory.fill`;
  expect(instructionsOf(fill(1_010)) - instructionsOf(fill(10))).toBe(1_000);
  expect(said({ body: "i32.const 0 i32.const 1 i32.const -1 memory.fill" }, { prepaidGas: 10n ** 12n })).toBe(
    "Exceeded the prepaid gas.",
  );
});

test.each([
  ["unreachable", "An `unreachable` opcode was executed."],
  ["i32.const 1 i32.const 0 i32.div_u drop", "An arithmetic exception, e.g. divided by zero."],
  ["i32.const -1 i32.load drop", "Memory out of bounds trap."],
])("%s is the network's trap", (body, message) => {
  expect(said({ body })).toBe(`WebAssembly trap: ${message}`);
});

test("an import that the localnet does not have throws where it is called, not before", () => {
  const imports = { from_the_future: "i64" };
  expect(said({ imports, body: "nop" })).toBe("");
  expect(said({ imports, body: "i64.const 1 call $from_the_future" })).toBe(
    "the localnet has no host function from_the_future",
  );
});

test.each([
  ["no module", new Uint8Array([1, 2, 3]), "deserializing the module"],
  ["half a module", standardContract("nft").subarray(0, 50_000), "deserializing the module"],
  ["vectors", wasmOf('(module (func (export "run") v128.const i64x2 1 2 drop))'), "deserializing the module"],
  [
    "two results",
    wasmOf('(module (func (export "run") (result i32 i32) i32.const 1 i32.const 2))'),
    "deserializing the module",
  ],
  ["an import of another module", wasmOf('(module (import "x" "y" (func)) (func (export "run")))'), "instantiation"],
  ["an imported memory", wasmOf('(module (import "env" "memory" (memory 1)) (func (export "run")))'), "instantiation"],
])("%s is refused", (_title, code, message) => {
  const { failure } = runCall(code, CALL, NO_RECORDS);
  expect(failure === undefined ? "" : failureText(failure)).toContain(message);
});

test("code that names what metering adds is refused, as it names nothing", () => {
  const loop = "(loop $l br $l)";
  for (const body of ["i64.const -1000000000 call 1", "i32.const 9 call 2 drop", "i64.const 1000000000 global.set 0"]) {
    const code = wasmOf(`(module (func (export "run") ${body} ${loop}))`);
    expect(runCall(code, CALL, NO_RECORDS).failure).toEqual({ kind: "prepare", error: "Deserialization" });
  }
});

test("a method that is missing, has parameters or has no name is refused", () => {
  const code = wasmOf(
    '(module (func (export "run") (param i32)) (func (export "one") (result i32) i32.const 1) (memory (export "m") 1))',
  );
  const errorOf = (method: string) => runCall(code, { ...CALL, method }, NO_RECORDS).failure;
  expect(errorOf("other")).toEqual({ kind: "method", error: "MethodNotFound" });
  expect(errorOf("run")).toEqual({ kind: "method", error: "MethodInvalidSignature" });
  expect(errorOf("one")).toEqual({ kind: "method", error: "MethodInvalidSignature" });
  expect(errorOf("m")).toEqual({ kind: "method", error: "MethodNotFound" });
  expect(errorOf("")).toEqual({ kind: "method", error: "MethodEmptyName" });
});

test("memory grows to 2,048 pages and no further", () => {
  const grow = (pages: number): string => `i32.const ${pages} memory.grow i32.const -1 i32.eq (if (then unreachable))`;
  expect(said({ body: grow(2_047) })).toBe("");
  expect(said({ body: grow(2_048) })).toContain("unreachable");
});

test("registers hold what was written, and tell what was not", () => {
  const body = `i64.const 5 call $register_len i64.const -1 i64.ne (if (then unreachable))
    i64.const 5 i64.const 3 i64.const 0 call $write_register
    i64.const 5 call $register_len i64.const 3 i64.ne (if (then unreachable))
    i64.const 5 i64.const 64 call $read_register i64.const 3 i64.const 64 call $value_return`;
  const { failure, returned } = runWat({ body, data: Buffer.from("abc") });
  expect(failure).toBeUndefined();
  expect(returned).toEqual({ kind: "value", value: new Uint8Array(Buffer.from("abc")) });
  expect(said({ body: "i64.const 9 i64.const 0 call $read_register" })).toBe("Accessed invalid register id: 9");
  expect(said({ body: "i64.const 1 i64.const 2 i64.const -1 call $write_register" })).toBe(
    "Accessed memory outside the bounds.",
  );
});

test("the input comes as it is, empty or large", () => {
  const input = new Uint8Array(100_000).fill(9);
  const body = `i64.const 0 call $input ${RETURN_REGISTER}`;
  expect(runWat({ body }, { input }).returned).toEqual({ kind: "value", value: input });
  expect(runWat({ body }).returned).toEqual({ kind: "value", value: new Uint8Array() });
});
