import { expect, test } from "vitest";
import { littleEndian } from "../bytes/little-endian.ts";
import { failureText } from "../calls/vm-failure.ts";
import { RETURN_REGISTER, runWat } from "../fixtures/run-wat.ts";

/**
 * The bytes of words: `0u8` and `1u8` are one byte, and hex is 32 bytes, least significant first.
 */
const bytesOf = (words: string): Uint8Array =>
  Buffer.concat(
    words
      .split(/\s+/u)
      .filter(Boolean)
      .map((word) => (word.endsWith("u8") ? Uint8Array.of(Number.parseInt(word, 10)) : littleEndian(BigInt(word), 32))),
  );

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Returns what a function writes to a register, or its number, or its refusal. */
function run(name: string, input: Uint8Array): string {
  const isCheck = name === "alt_bn128_pairing_check";
  const call = `i64.const ${input.length} i64.const 0 ${isCheck ? "" : "i64.const 0"} call $${name}`;
  const body = isCheck
    ? `${call} local.set $x i32.const 4096 local.get $x i64.store i64.const 1 i64.const 4096 call $value_return`
    : `${call} ${RETURN_REGISTER}`;
  const outcome = runWat({ imports: { [name]: isCheck ? "i64 i64:i64" : "i64 i64 i64" }, data: input, body });
  if (outcome.failure !== undefined) return failureText(outcome.failure);
  return outcome.returned.kind === "value" ? hexOf(outcome.returned.value) : outcome.returned.kind;
}

const P = `0x2d6b17489d86fcd5f91e8e92eb55081d8cb4413e408047249ef4fb5baa1b518b
  0x1e4d0a30dbadd9dad40f7847c7013754ded8d0371c052d19f01453f4ae1506d7`;
const Q = `0x12b453155ca3be5d0b14a4804cc39a0b4635b06d512735350cd031051644d3ec
  0x2944829dcfa7dd72bb04d12e46869e6a6c8162698f9a6c35724f91f597e25fc4`;
const ZERO = "0x0 0x0";

/** The vectors of nearcore's own tests. */
test.each([
  ["alt_bn128_g1_multiexp", "", ZERO],
  ["alt_bn128_g1_multiexp", `${P} 0x1`, P],
  [
    "alt_bn128_g1_multiexp",
    `${Q} 0x112b450c0769c7cd80ffa552aaab2153adb5646664ee091639784a7f887411f7
      0x032b2c8b9f1e7f5e53c262ae87ccd1366df1af019f2dbfe1a58a6749ba4b923f
      0x0017741cde8d55ccce3a1dac210f531d22f574885226ea46fbbce4a4c75f7ed8
      0x19e4956d3cf5e04f938bc9dee72f2fcab15934c7e0450ae15afee161606b071a`,
    `0x2923a9d452a047e0f24ab419d7893ecbf0c32a842afd88f991a6723decba82aa
      0x2e3a00f94191675c0730510133c2fca248160750d87b5157c534146d4d260b61`,
  ],
  ["alt_bn128_g1_multiexp", `${P} 0x0`, ZERO],
  ["alt_bn128_g1_sum", "", ZERO],
  ["alt_bn128_g1_sum", `0u8 ${P}`, P],
  [
    "alt_bn128_g1_sum",
    `0u8 ${Q}
      1u8 0x032b2c8b9f1e7f5e53c262ae87ccd1366df1af019f2dbfe1a58a6749ba4b923f
      0x304cda5602a44a5cea16280a60720540748bf609164ae0464063a772111d7e6f`,
    `0x1e2e53eecef3185d5c874e783cb184d302692a22c20f5f3b3993882e184d8fe8
      0x03fc2454d3d88f9eac441e9b85a9041e925f30cca7a82d039d1ffb582bfb2004`,
  ],
  ["alt_bn128_g1_sum", `0u8 ${Q} 1u8 ${Q}`, ZERO],
])("%s of %s", (name, input, expected) => {
  expect(run(name, bytesOf(input))).toBe(hexOf(bytesOf(expected)));
});

const G1 = `0x0763111c06b5066cc812f8e058d5b82a7bc356c83a1a5ab743ea4e7163d90a75
  0x041068a8ed41f6755c1ad2d30aacc3974a4fae3293aee34c7103b4c073358624`;
const FIRST = `${G1} 0x291aea4fac742aaf8772caa00c8763d509c3d6f20d1be64d73c10d06db031a01
  0x1de7a958e4adb3a128cd3b942b13bc85ee4124f0dee6f4266b39707c81c06fd4
  0x1e2d816ba8b96e5cb444883a2b095533becb805c654418fa2c65bba533a34311
  0x195dd519dc841a301a14de412c520b858c01ccc7ba0bd4177dd85d4b116416bb`;
const SECOND = `0x201eef3c872a7313da79f6aa628cc9795314fbac78484fdae2eba5086755ad6d
  0x204e0376b942fe92ba6e2746d07d62f5dede7b8b6e172fa89ea0c5c4ccabaa31
  0x00e9f62300f921f5d4f2f7008aec59449a3f5e75add585ec4eccf04f5dc5b32f
  0x17c150f0fb2ff472816b41868b98b9170233ee4647fe4bc41a1336c9a2c6567c`;
const OTHER = `0x1f1cebcff0a999ffa7c1b582e9afd6c875760fde2679e9fd830bf3979504b04f
  0x179fe95fb3fb3807ebbad5ed2b40ddd06f7b73525382a64a43489606b3454a53`;

test.each([
  ["nothing", "", "01"],
  ["pairs that cancel each other", `${FIRST} ${OTHER} ${SECOND}`, "01"],
  ["pairs that do not", `${FIRST} ${G1} ${SECOND}`, "00"],
  ["a pair with zero", `${ZERO} ${SECOND}`, "01"],
])("the pairing check of %s", (_title, input, expected) => {
  expect(run("alt_bn128_pairing_check", bytesOf(input))).toBe(expected);
});

test.each([
  ["alt_bn128_g1_multiexp", "0u8 0u8", "slice of size 2 cannot be precisely split into chunks of size 96"],
  ["alt_bn128_g1_multiexp", "0x92 0x1 0x1", "invalid g1"],
  ["alt_bn128_g1_multiexp", `${Q} 0x${"f".repeat(64)}`, "invalid fr"],
  ["alt_bn128_g1_multiexp", `0x${"f".repeat(64)} 0x1 0x1`, "invalid fq"],
  ["alt_bn128_g1_sum", "0u8 0x111 0x222", "invalid g1"],
  ["alt_bn128_g1_sum", `92u8 ${Q}`, "invalid bool"],
  ["alt_bn128_pairing_check", `${ZERO} ${ZERO} 0x0 0x111`, "invalid g2"],
])("%s refuses %s", (name, input, refusal) => {
  expect(run(name, bytesOf(input))).toContain(`AltBn128 invalid input: ${refusal}`);
});
