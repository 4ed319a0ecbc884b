import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect, test } from "vitest";
import { failureText } from "../calls/vm-failure.ts";
import { RETURN_REGISTER, runWat } from "../fixtures/run-wat.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const returnedHex = (outcome: ReturnType<typeof runWat>): string => {
  expect(outcome.failure).toBeUndefined();
  return outcome.returned.kind === "value" ? hexOf(outcome.returned.value) : outcome.returned.kind;
};

const refusal = (outcome: ReturnType<typeof runWat>): string =>
  outcome.failure === undefined ? "" : failureText(outcome.failure);

/** Returns the result of a function, which is an i64, as 8 bytes. */
const resultOf = (call: string): string =>
  `${call} local.set $x i32.const 1024 local.get $x i64.store i64.const 8 i64.const 1024 call $value_return`;

test.each([
  ["sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["keccak256", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"],
  [
    "keccak512",
    "18587dc2ea106b9a1563e32b3312421ca164c7f1f07bc922a9c83d77cea3a1e5d0c69910739025372dc14ac9642629379540c17e2a65b19d77aa511a9d00bb96",
  ],
  ["sha3_256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"],
  ["ripemd160", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"],
])("%s of abc", (name, expected) => {
  const body = `i64.const 3 i64.const 0 i64.const 0 call $${name} ${RETURN_REGISTER}`;
  const outcome = runWat({ imports: { [name]: "i64 i64 i64" }, data: Buffer.from("abc"), body });
  expect(returnedHex(outcome)).toBe(expected);
});

const MESSAGE = new Uint8Array(32).fill(3);
const SEED = new Uint8Array(32).fill(1);
const six = "i64 i64 i64 i64 i64 i64:i64";

test.each([
  ["ed25519_verify", ed25519.sign(MESSAGE, SEED), ed25519.getPublicKey(SEED)],
  ["p256_verify", p256.sign(MESSAGE, SEED), p256.getPublicKey(SEED)],
])("%s accepts a signature, and refuses another one", (name, signature, key) => {
  const verify = (data: Uint8Array): string => {
    const call = `i64.const 64 i64.const 0 i64.const 32 i64.const 64 i64.const ${key.length} i64.const 96 call $${name}`;
    return returnedHex(runWat({ imports: { [name]: six }, data, body: resultOf(call) }));
  };
  const data = Buffer.concat([signature, MESSAGE, key]);
  expect(verify(data)).toBe("0100000000000000");
  for (const at of [0, 40, 70, 100]) expect(verify(data.with(at, (data[at] ?? 0) ^ 1))).toBe("0000000000000000");
  const short = `i64.const 63 i64.const 0 i64.const 32 i64.const 64 i64.const 32 i64.const 96 call $${name}`;
  expect(refusal(runWat({ imports: { [name]: six }, data, body: resultOf(short) }))).toContain(
    "invalid signature length",
  );
});

test("ecrecover returns the key that signed", () => {
  const recovered = secp256k1.sign(MESSAGE, SEED, { prehash: false, format: "recovered" });
  const data = Buffer.concat([MESSAGE, recovered.subarray(1)]);
  const imports = { ecrecover: "i64 i64 i64 i64 i64 i64 i64:i64" };
  const call = (v: number): string =>
    `i64.const 32 i64.const 0 i64.const 64 i64.const 32 i64.const ${v} i64.const 1 i64.const 0 call $ecrecover`;
  const body = `${call(recovered[0] ?? 0)} i64.const 1 i64.ne (if (then unreachable)) ${RETURN_REGISTER}`;
  expect(returnedHex(runWat({ imports, data, body }))).toBe(hexOf(secp256k1.getPublicKey(SEED, false).subarray(1)));
  expect(refusal(runWat({ imports, data, body: `${call(4)} drop` }))).toContain("V recovery byte 0 through 3");
});

test.each([
  ["current_account_id", "c.near"],
  ["predecessor_account_id", "a.near"],
  ["signer_account_id", "a.near"],
])("%s", (name, expected) => {
  const outcome = runWat({ imports: { [name]: "i64" }, body: `i64.const 0 call $${name} ${RETURN_REGISTER}` });
  expect(Buffer.from(returnedHex(outcome), "hex").toString()).toBe(expected);
});

test("the block and the money of a call are told", () => {
  const number = (name: string): bigint =>
    Buffer.from(
      returnedHex(runWat({ imports: { [name]: ":i64" }, body: resultOf(`call $${name}`) })),
      "hex",
    ).readBigUInt64LE();
  expect([number("block_index"), number("block_timestamp"), number("epoch_height"), number("storage_usage")]).toEqual([
    12n,
    34n,
    5n,
    100n,
  ]);
  const amount = (name: string): string =>
    returnedHex(
      runWat(
        { imports: { [name]: "i64" }, body: `i64.const 0 call $${name} i64.const 16 i64.const 0 call $value_return` },
        { deposit: 2n ** 100n },
      ),
    );
  expect(amount("attached_deposit")).toBe("00000000000000000000000010000000");
  expect(amount("account_balance")).toBe("e8030000000000000000000010000000");
});

/** Functions that a view must not call, with their types. */
const PROHIBITED: readonly (readonly [string, string])[] = [
  ["signer_account_id", "i64"],
  ["signer_account_pk", "i64"],
  ["predecessor_account_id", "i64"],
  ["prepaid_gas", ":i64"],
  ["used_gas", ":i64"],
  ["storage_write", "i64 i64 i64 i64 i64:i64"],
  ["storage_remove", "i64 i64 i64:i64"],
  ["promise_batch_create", "i64 i64:i64"],
  ["promise_and", "i64 i64:i64"],
  ["promise_results_count", ":i64"],
  ["promise_result", "i64 i64:i64"],
  ["promise_return", "i64"],
];

test.each(PROHIBITED)("a view must not call %s", (name, type) => {
  const [params = "", result] = type.split(":");
  const zeros = params
    .split(" ")
    .filter(Boolean)
    .map(() => "i64.const 0")
    .join(" ");
  // Register 7 holds an account id, and is what every pointer 0 with the length 0 does not read.
  const account = name === "promise_batch_create" ? "i64.const 6 i64.const 0" : zeros;
  const body = `${account} call $${name} ${result === undefined ? "" : "drop"}`;
  const outcome = runWat({ imports: { [name]: type }, data: Buffer.from("b.near"), body }, { isView: true });
  expect(refusal(outcome)).toBe(`${name} is not allowed in view calls`);
});

test("records are counted by key, value and 40 bytes, and evicted values come back", () => {
  const imports = {
    storage_write: "i64 i64 i64 i64 i64:i64",
    storage_remove: "i64 i64 i64:i64",
    storage_has_key: "i64 i64:i64",
  };
  const write = (length: number): string =>
    `i64.const 2 i64.const 0 i64.const ${length} i64.const 2 i64.const 0 call $storage_write`;
  const data = Buffer.from("kkvvvvvv");
  const usage = (body: string): number => runWat({ imports, data, body }).storageUsage - 100;
  expect(usage(`${write(3)} drop`)).toBe(2 + 3 + 40);
  expect(usage(`${write(3)} drop ${write(5)} drop`)).toBe(2 + 5 + 40);
  expect(usage(`${write(3)} drop i64.const 2 i64.const 0 i64.const 0 call $storage_remove drop`)).toBe(0);
  expect(returnedHex(runWat({ imports, data, body: `${write(3)} drop ${write(5)} drop ${RETURN_REGISTER}` }))).toBe(
    hexOf(Buffer.from("vvv")),
  );
});

const log = "i64 i64";

test("log entries are at most 100, of at most 16,384 bytes together", () => {
  const loop = (times: number, length: number): string =>
    `(loop $l i64.const ${length} i64.const 0 call $log_utf8
      local.get $x i64.const 1 i64.add local.tee $x i64.const ${times} i64.lt_u br_if $l)`;
  const data = Buffer.alloc(20_000, "x");
  const run = (times: number, length: number) =>
    runWat({ imports: { log_utf8: log }, data, body: loop(times, length) });
  expect(run(100, 1).logs).toHaveLength(100);
  expect(refusal(run(101, 1))).toBe("The number of logs will exceed the limit 100");
  expect(refusal(run(2, 8_192))).toBe("");
  expect(refusal(run(3, 8_192))).toBe("The length of a log message 24576 exceeds the limit 16384");
});

test("text must be what it says it is", () => {
  const imports = { log_utf8: log, log_utf16: log, panic_utf8: log };
  const run = (name: string, text: Uint8Array) =>
    runWat({ imports, data: text, body: `i64.const ${text.length} i64.const 0 call $${name}` });
  expect(run("log_utf8", Buffer.from("ü€𝄞")).logs).toEqual(["ü€𝄞"]);
  expect(run("log_utf16", Buffer.from("ü€𝄞", "utf16le")).logs).toEqual(["ü€𝄞"]);
  expect(refusal(run("log_utf8", Uint8Array.of(0xff)))).toBe("String encoding is bad UTF-8 sequence.");
  expect(refusal(run("log_utf16", Uint8Array.of(0, 0xd8)))).toBe("String encoding is bad UTF-16 sequence.");
  expect(refusal(run("panic_utf8", Buffer.from("no")))).toBe("Smart contract panicked: no");
});

test("a promise takes at most what the account has, and at most the gas that is left", () => {
  const imports = {
    promise_batch_create: "i64 i64:i64",
    promise_batch_action_transfer: "i64 i64",
    promise_batch_action_function_call: "i64 i64 i64 i64 i64 i64 i64",
  };
  const data = Buffer.concat([
    Buffer.from("b.near"),
    Buffer.alloc(2),
    Buffer.from([0xe8, 3]),
    Buffer.alloc(14),
    Buffer.from([0xe9, 3]),
  ]);
  const create = "i64.const 6 i64.const 0 call $promise_batch_create local.set $x local.get $x";
  const transfer = (at: number): string => `${create} i64.const ${at} call $promise_batch_action_transfer`;
  const outcome = runWat({ imports, data, body: transfer(8) });
  expect(outcome).toMatchObject({
    failure: undefined,
    balance: 0n,
    promises: [{ receiverId: "b.near", actions: [{ kind: "transfer", deposit: 1_000n }] }],
  });
  expect(outcome.usedGas).toBeGreaterThan(outcome.burntGas);
  expect(refusal(runWat({ imports, data, body: transfer(24) }))).toBe("Exceeded the account balance.");
  const call = (gas: bigint): string =>
    `${create} i64.const 1 i64.const 0 i64.const 0 i64.const 0 i64.const 100 i64.const ${gas} call $promise_batch_action_function_call`;
  expect(refusal(runWat({ imports, data, body: call(90_000_000_000_000n) }))).toBe("");
  expect(refusal(runWat({ imports, data, body: call(100_000_000_000_000n) }))).toBe("Exceeded the prepaid gas.");
  expect(refusal(runWat({ imports, data, body: call(-1n) }))).toBe("Exceeded the prepaid gas.");
  expect(refusal(runWat({ imports, data, body: "i64.const 3 i64.const 8 call $promise_batch_action_transfer" }))).toBe(
    "3 does not correspond to existing promises",
  );
});
