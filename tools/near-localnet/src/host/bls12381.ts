import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Curve } from "./bls-curve.ts";
import { G1, G2 } from "./bls-curve.ts";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure, MAX_U64 } from "./host.ts";

type Three = readonly [length: bigint, at: bigint, register: bigint];

/** What the functions answer: done, the input is none, the pairing is not one. */
const DONE = 0n;
const BAD_INPUT = 1n;
const NOT_ONE = 2n;

/** A function on a curve: its name, the bytes of an element, and its gas. */
interface Form {
  readonly name: string;
  readonly size: number;
  readonly base: bigint;
  readonly element: bigint;
}

/** Returns the functions on BLS12-381. Its numbers come most significant byte first. */
export function bls12381Functions(host: Host): HostFunctions {
  return {
    bls12381_p1_sum: curveFunction(host, form("p1_sum", 97, [16_500_000_000n, 6_000_000_000n]), sum(G1)),
    bls12381_p2_sum: curveFunction(host, form("p2_sum", 193, [18_600_000_000n, 15_000_000_000n]), sum(G2)),
    bls12381_g1_multiexp: curveFunction(
      host,
      form("p1_multiexp", 128, [16_500_000_000n, 930_000_000_000n]),
      multiexp(G1),
    ),
    bls12381_g2_multiexp: curveFunction(
      host,
      form("p2_multiexp", 224, [18_600_000_000n, 1_995_000_000_000n]),
      multiexp(G2),
    ),
    bls12381_map_fp_to_g1: curveFunction(host, form("map_fp_to_g1", 48, [1_500_000_000n, 252_000_000_000n]), map(G1)),
    bls12381_map_fp2_to_g2: curveFunction(host, form("map_fp2_to_g2", 96, [1_500_000_000n, 900_000_000_000n]), map(G2)),
    bls12381_p1_decompress: curveFunction(
      host,
      form("p1_decompress", 48, [15_000_000_000n, 81_000_000_000n]),
      decompress(G1),
    ),
    bls12381_p2_decompress: curveFunction(
      host,
      form("p2_decompress", 96, [15_000_000_000n, 165_000_000_000n]),
      decompress(G2),
    ),
    bls12381_pairing_check: (length: bigint, at: bigint) => {
      const costs = form("pairing_check", 288, [2_130_000_000_000n, 2_130_000_000_000n]);
      return checkPairing(readElements(host, [length, at], costs));
    },
  };
}

const form = (name: string, size: number, [base, element]: readonly [bigint, bigint]): Form => ({
  name,
  size,
  base,
  element,
});

/**
 * Returns a function that writes what `compute` makes of the elements, unless one of them is bad.
 */
function curveFunction(host: Host, costs: Form, compute: (elements: readonly Uint8Array[]) => Uint8Array | undefined) {
  return (...[length, at, register]: Three): bigint => {
    // The network counts the elements by the argument, and so takes none from a register.
    if (length === MAX_U64) throw hostFailure("Integer overflow.");
    const result = compute(readElements(host, [length, at], costs));
    if (result === undefined) return BAD_INPUT;
    host.registers.write(register, result);
    return DONE;
  };
}

function readElements({ gas, memory }: Host, [length, at]: readonly [bigint, bigint], costs: Form): Uint8Array[] {
  const { base, element, name, size } = costs;
  gas.burn(base);
  const data = memory.read(at, length);
  const count = Math.floor(data.length / size);
  gas.burn(element * BigInt(count));
  if (data.length % size > 0) {
    const message = `Incorrect input length for bls12381_${name}: ${data.length} is not divisible by ${size}`;
    throw hostFailure(`BLS12-381 invalid input: ${message}`);
  }
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

/** Returns the parsed elements, or undefined if one of them is none. */
function parseAll<T>(elements: readonly Uint8Array[], parse: (bytes: Uint8Array) => T | undefined): T[] | undefined {
  const parsed = elements.flatMap((bytes) => parse(bytes) ?? []);
  return parsed.length === elements.length ? parsed : undefined;
}

function sum<P>(curve: Curve<P>) {
  return (elements: readonly Uint8Array[]): Uint8Array | undefined => {
    const points = parseAll(elements, (bytes) => {
      const point = curve.parse(bytes.subarray(1));
      const [sign = 0] = bytes;
      return point === undefined || sign > 1 ? undefined : sign === 1 ? curve.negate(point) : point;
    });
    return points && curve.encode(curve.sum(points));
  };
}

function multiexp<P>(curve: Curve<P>) {
  return (elements: readonly Uint8Array[]): Uint8Array | undefined => {
    const points = parseAll(elements, (bytes) => {
      const point = curve.parse(bytes.subarray(0, -32));
      return point === undefined || !curve.isInGroup(point) ? undefined : curve.multiply(point, bytes.subarray(-32));
    });
    return points && curve.encode(curve.sum(points));
  };
}

function map<P>(curve: Curve<P>) {
  return (elements: readonly Uint8Array[]): Uint8Array | undefined => {
    const points = parseAll(elements, curve.map);
    return points && Buffer.concat(points.map(curve.encode));
  };
}

function decompress<P>(curve: Curve<P>) {
  return (elements: readonly Uint8Array[]): Uint8Array | undefined => {
    const points = parseAll(elements, curve.decompress);
    return points && Buffer.concat(points.map(curve.encode));
  };
}

function checkPairing(elements: readonly Uint8Array[]): bigint {
  const pairs = parseAll(elements, (bytes) => {
    const [g1, g2] = [G1.parse(bytes.subarray(0, 96)), G2.parse(bytes.subarray(96))];
    return g1 === undefined || g2 === undefined || !G1.isInGroup(g1) || !G2.isInGroup(g2) ? undefined : { g1, g2 };
  });
  if (pairs === undefined) return BAD_INPUT;
  // A pair with zero multiplies by one, and the library refuses it.
  const rest = pairs.filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  const { Fp12 } = bls12_381.fields;
  return Fp12.eql(bls12_381.pairingBatch(rest), Fp12.ONE) ? DONE : NOT_ONE;
}
