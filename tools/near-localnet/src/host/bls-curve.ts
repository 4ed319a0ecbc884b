import { bls12_381 } from "@noble/curves/bls12-381.js";
import { readLittleEndian } from "../bytes/little-endian.ts";

const { Fp, Fp2, Fr } = bls12_381.fields;

type PointG1 = InstanceType<typeof bls12_381.G1.Point>;
type PointG2 = InstanceType<typeof bls12_381.G2.Point>;
type Fp2Number = PointG2["X"];

/** One of the two curves of BLS12-381. A point may be outside of the group that pairings need. */
export interface Curve<P> {
  /** Reads a point with both coordinates. Undefined if it is not on the curve. */
  readonly parse: (bytes: Uint8Array) => P | undefined;
  /** Reads a point from its first coordinate and a sign. Undefined if there is none. */
  readonly decompress: (bytes: Uint8Array) => P | undefined;
  /** Maps a number of the field to the group. Undefined if it is none. */
  readonly map: (bytes: Uint8Array) => P | undefined;
  readonly encode: (point: P) => Uint8Array;
  readonly sum: (points: readonly P[]) => P;
  readonly negate: (point: P) => P;
  /** Multiplies a point of the group by a number, least significant byte first. */
  readonly multiply: (point: P, scalar: Uint8Array) => P;
  readonly isInGroup: (point: P) => boolean;
}

/** Bytes of a number of the prime field. */
const NUMBER = 48;

const COMPRESSED = 0x80;
const INFINITY = 0x40;
const LARGER = 0x20;

/** What differs between the two curves. */
interface CurveParts<F, P> {
  readonly size: number;
  readonly zero: P;
  readonly point: (x: F, y: F) => P;
  readonly affine: (point: P) => { readonly x: F; readonly y: F };
  readonly read: (bytes: Uint8Array) => F | undefined;
  readonly write: (value: F) => Uint8Array;
  /** Of the points (0, ±2), which no group has, the network does not take one. */
  readonly isOnCurve: (x: F, y: F) => boolean;
  /** Throws, or returns undefined, where there is no point. */
  readonly rootAt: (x: F) => F | undefined;
  readonly isLarger: (y: F) => boolean;
  readonly opposite: (y: F) => F;
  readonly map: (value: F) => P;
}

interface AnyPoint<P> {
  readonly is0: () => boolean;
  readonly add: (other: P) => P;
  readonly negate: () => P;
  readonly multiplyUnsafe: (scalar: bigint) => P;
  readonly isTorsionFree: () => boolean;
}

function curveOf<F, P extends AnyPoint<P>>(parts: CurveParts<F, P>): Curve<P> {
  const { read, size, zero } = parts;
  return {
    sum: (points) => points.reduce((all, point) => all.add(point), zero),
    negate: (point) => point.negate(),
    isInGroup: (point) => point.isTorsionFree(),
    multiply: (point, scalar) => point.multiplyUnsafe(readLittleEndian(scalar) % Fr.ORDER),
    map: (bytes) => {
      const value = read(bytes);
      return value === undefined ? undefined : parts.map(value);
    },
    encode: (point) => {
      if (point.is0()) return Uint8Array.of(INFINITY, ...new Uint8Array(2 * size - 1));
      const { x, y } = parts.affine(point);
      return Buffer.concat([parts.write(x), parts.write(y)]);
    },
    parse: (bytes) => {
      if (isInfinity(bytes, INFINITY)) return zero;
      const [x, y] = [read(bytes.subarray(0, size)), read(bytes.subarray(size))];
      return x !== undefined && y !== undefined && parts.isOnCurve(x, y) ? parts.point(x, y) : undefined;
    },
    decompress: (bytes) => {
      if (isInfinity(bytes, COMPRESSED | INFINITY)) return zero;
      const [flags = 0] = bytes;
      const x = read(bytes.with(0, flags & 0x1f));
      if (x === undefined || (flags & (COMPRESSED | INFINITY)) !== COMPRESSED) return undefined;
      const y = rootOf(() => parts.rootAt(x));
      if (y === undefined) return undefined;
      return parts.point(x, parts.isLarger(y) === ((flags & LARGER) !== 0) ? y : parts.opposite(y));
    },
  };
}

const isInfinity = ([flags, ...rest]: Uint8Array, expected: number): boolean =>
  flags === expected && rest.every((byte) => byte === 0);

/** The library throws where there is no root. */
function rootOf<F>(root: () => F | undefined): F | undefined {
  try {
    return root();
  } catch {
    return undefined;
  }
}

function readNumber(bytes: Uint8Array): bigint | undefined {
  const value = readLittleEndian(bytes.toReversed());
  return value < Fp.ORDER ? value : undefined;
}

const isLarger = (value: bigint): boolean => value > (Fp.ORDER - 1n) / 2n;
const b1 = 4n;
const b2 = Fp2.fromBigTuple([4n, 4n]);

/** The library's types say that its maps return coordinates, and that the first takes a list. */
function pointOf<P>(Point: abstract new (...args: never[]) => P, mapped: unknown): P {
  if (mapped instanceof Point) return mapped;
  throw new Error("the library maps to a point");
}

/** The curve over the prime field. */
export const G1: Curve<PointG1> = curveOf({
  size: NUMBER,
  zero: bls12_381.G1.Point.ZERO,
  point: (x: bigint, y: bigint) => bls12_381.G1.Point.fromAffine({ x, y }),
  affine: (point) => point.toAffine(),
  read: readNumber,
  write: (value) => Fp.toBytes(value),
  isOnCurve: (x, y) => x !== 0n && Fp.eql(Fp.sqr(y), Fp.add(Fp.pow(x, 3n), b1)),
  rootAt: (x) => (x === 0n ? undefined : Fp.sqrt(Fp.add(Fp.pow(x, 3n), b1))),
  isLarger,
  opposite: (y) => Fp.neg(y),
  map: (value) => pointOf(bls12_381.G1.Point, Reflect.apply(bls12_381.G1.mapToCurve, undefined, [value])),
});

/** The curve over the field of pairs, of which the second part comes first. */
export const G2: Curve<PointG2> = curveOf({
  size: 2 * NUMBER,
  zero: bls12_381.G2.Point.ZERO,
  point: (x: Fp2Number, y: Fp2Number) => bls12_381.G2.Point.fromAffine({ x, y }),
  affine: (point) => point.toAffine(),
  read: (bytes) => {
    const [c1, c0] = [readNumber(bytes.subarray(0, NUMBER)), readNumber(bytes.subarray(NUMBER))];
    return c0 === undefined || c1 === undefined ? undefined : { c0, c1 };
  },
  write: ({ c0, c1 }) => Buffer.concat([Fp.toBytes(c1), Fp.toBytes(c0)]),
  isOnCurve: (x, y) => Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.pow(x, 3n), b2)),
  rootAt: (x) => Fp2.sqrt(Fp2.add(Fp2.pow(x, 3n), b2)),
  isLarger: ({ c0, c1 }) => isLarger(c1 === 0n ? c0 : c1),
  opposite: (y) => Fp2.neg(y),
  map: ({ c0, c1 }) => pointOf(bls12_381.G2.Point, bls12_381.G2.mapToCurve([c0, c1])),
});
