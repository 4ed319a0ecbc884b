import { mutationsOf } from "./mutations.ts";
import type { Value } from "./mutations.ts";
import { leafHashAt, upTo } from "./vector-leaves.ts";

/** The bit that a mutation flips: in the tenth byte, so that a comparison of prefixes is found out. */
const BIT = 77;

/** What the vectors of one kind are made from. */
export interface Family<T> {
  readonly name: (fields: T) => string;
  readonly verdict: (fields: T) => string | null;
  readonly ofTrees: readonly T[];
  readonly madeUp: readonly T[];
  /** Proofs whose every mutation is a vector. */
  readonly mutated: readonly T[];
}

/** The vectors of one kind: each with its name, where it comes from, and the error it is refused with. */
export function family<T extends { readonly [K in keyof T]: Value }>({
  name,
  verdict,
  ofTrees,
  madeUp,
  mutated,
}: Family<T>): object[] {
  const mutations = mutated.flatMap((good) =>
    mutationsOf(good, BIT).map(([change, fields]) => ({
      name: `${name(good)}; ${change}`,
      origin: "mutation",
      fields,
    })),
  );
  return [
    ...ofTrees.map((fields) => ({ name: name(fields), origin: "tree", fields })),
    ...madeUp.map((fields) => ({ name: name(fields), origin: "made up", fields })),
    ...mutations,
  ].map(({ fields, ...rest }) => ({ ...rest, ...fields, error: verdict(fields) }));
}

/** A proof of no tree that could be built, as long as it has to be, and where it leads. */
export function reach<T>(follow: (proof: readonly Uint8Array[]) => T | undefined): {
  proof: readonly Uint8Array[];
  reached: T;
} {
  for (const length of upTo(60)) {
    const proof = upTo(length).map(leafHashAt);
    const reached = follow(proof);
    if (reached !== undefined) return { proof, reached };
  }
  throw new Error("expected a proof of fewer than 60 hashes");
}
