import { bn254 } from "@noble/curves/bn254.js";
import { littleEndian, readLittleEndian } from "../bytes/little-endian.ts";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure } from "./host.ts";

const { G1, G2, fields, pairingBatch } = bn254;

type PointG1 = InstanceType<typeof G1.Point>;
type PointG2 = InstanceType<typeof G2.Point>;

const SCALAR = 32;
const POINT = 64;

/** Gas of a function, and of each of its elements. */
interface Costs {
  readonly base: bigint;
  readonly element: bigint;
}

const MULTIEXP: Costs = { base: 713_000_000_000n, element: 320_000_000_000n };
const SUM: Costs = { base: 3_000_000_000n, element: 5_000_000_000n };
const PAIRING: Costs = { base: 9_686_000_000_000n, element: 5_102_000_000_000n };

/** Returns the functions on the curve alt_bn128. Its numbers come least significant byte first. */
export function altBn128Functions(host: Host): HostFunctions {
  const returnSum = (points: readonly PointG1[], register: bigint): void => {
    host.registers.write(register, encodePoint(points.reduce((sum, point) => sum.add(point), G1.Point.ZERO)));
  };
  return {
    alt_bn128_g1_multiexp: (length: bigint, at: bigint, register: bigint) => {
      const elements = readElements(host, [length, at], { ...MULTIEXP, size: POINT + SCALAR });
      returnSum(elements.map(decodeProduct), register);
    },
    alt_bn128_g1_sum: (length: bigint, at: bigint, register: bigint) => {
      const elements = readElements(host, [length, at], { ...SUM, size: 1 + POINT });
      returnSum(elements.map(decodeSigned), register);
    },
    alt_bn128_pairing_check: (length: bigint, at: bigint) => {
      const pairs = readElements(host, [length, at], { ...PAIRING, size: 3 * POINT }).map(decodePair);
      // A pair with zero multiplies by one, and the library refuses it.
      const rest = pairs.filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
      return fields.Fp12.eql(pairingBatch(rest), fields.Fp12.ONE) ? 1n : 0n;
    },
  };
}

function readElements(
  { gas, memory }: Host,
  [length, at]: readonly [bigint, bigint],
  { base, element, size }: Costs & { readonly size: number },
): Uint8Array[] {
  gas.burn(base);
  const data = memory.read(at, length);
  if (data.length % size > 0) {
    throw invalid(`slice of size ${data.length} cannot be precisely split into chunks of size ${size}`);
  }
  const count = data.length / size;
  gas.burn(element * BigInt(count));
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

const invalid = (message: string): Error => hostFailure(`AltBn128 invalid input: ${message}`);

const refuse = (what: string, bytes: Uint8Array): Error =>
  invalid(`invalid ${what}: [${[...bytes].map((byte) => byte.toString(16).toUpperCase()).join(", ")}]`);

function decodeProduct(bytes: Uint8Array): PointG1 {
  const point = decodeG1(bytes.subarray(0, POINT));
  const scalar = readLittleEndian(bytes.subarray(POINT));
  if (scalar >= fields.Fr.ORDER) throw refuse("fr", bytes.subarray(POINT));
  return scalar === 0n ? G1.Point.ZERO : point.multiply(scalar);
}

function decodeSigned(bytes: Uint8Array): PointG1 {
  const [sign = 0] = bytes;
  if (sign > 1) throw refuse("bool", bytes.subarray(0, 1));
  const point = decodeG1(bytes.subarray(1));
  return sign === 1 ? point.negate() : point;
}

function decodePair(bytes: Uint8Array): { g1: PointG1; g2: PointG2 } {
  return { g1: decodeG1(bytes.subarray(0, POINT)), g2: decodeG2(bytes.subarray(POINT)) };
}

function decodeFq(bytes: Uint8Array): bigint {
  const value = readLittleEndian(bytes);
  if (value >= fields.Fp.ORDER) throw refuse("fq", bytes);
  return value;
}

function decodeG1(bytes: Uint8Array): PointG1 {
  const [x, y] = [decodeFq(bytes.subarray(0, SCALAR)), decodeFq(bytes.subarray(SCALAR))];
  if (x === 0n && y === 0n) return G1.Point.ZERO;
  return onCurve(() => G1.Point.fromAffine({ x, y }), refuse("g1", bytes));
}

function decodeG2(bytes: Uint8Array): PointG2 {
  const [a = 0n, b = 0n, c = 0n, d = 0n] = [0, 1, 2, 3].map((i) =>
    decodeFq(bytes.subarray(i * SCALAR, (i + 1) * SCALAR)),
  );
  if (a === 0n && b === 0n && c === 0n && d === 0n) return G2.Point.ZERO;
  return onCurve(() => G2.Point.fromAffine({ x: { c0: a, c1: b }, y: { c0: c, c1: d } }), refuse("g2", bytes));
}

function onCurve<P extends { assertValidity: () => void }>(make: () => P, refusal: Error): P {
  try {
    const point = make();
    point.assertValidity();
    return point;
  } catch {
    throw refusal;
  }
}

function encodePoint(point: PointG1): Uint8Array {
  const { x, y } = point.is0() ? { x: 0n, y: 0n } : point.toAffine();
  return Buffer.concat([littleEndian(x, SCALAR), littleEndian(y, SCALAR)]);
}
