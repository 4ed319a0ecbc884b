import { readModule, undecodable } from "./module-reader.ts";
import type { Section } from "./sections.ts";

const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;

/** The types of a function's parameters and of its result, if it has one, each as its byte. */
export interface Signature {
  readonly params: Uint8Array;
  readonly results: Uint8Array;
}

/**
 * The signatures of a module's functions. Those that it imports come first, as indices count them.
 */
export interface Signatures {
  readonly imported: readonly Signature[];
  readonly own: readonly Signature[];
}

/** Reads the signatures of a module's functions. Throws `VmFailure`. */
export function readSignatures(sections: ReadonlyMap<number, Section>): Signatures {
  const types = readTypes(sections.get(TYPE));
  const signatureOf = (type: number): Signature => {
    const signature = types[type];
    if (signature === undefined) throw undecodable();
    return signature;
  };
  return {
    imported: readImports(sections.get(IMPORT)).map(signatureOf),
    own: readFunctions(sections.get(FUNCTION)).map(signatureOf),
  };
}

/** A function has at most one result. */
function readTypes(section: Section | undefined): Signature[] {
  const reader = readModule(section?.items ?? new Uint8Array());
  return Array.from({ length: section?.count ?? 0 }, () => {
    if (reader.byte() !== 0x60) throw undecodable();
    const params = reader.take(reader.number());
    const results = reader.take(reader.number());
    if (results.length > 1) throw undecodable();
    return { params, results };
  });
}

/** Returns the types of the imported functions. The module imports nothing else. */
function readImports(section: Section | undefined): number[] {
  const reader = readModule(section?.items ?? new Uint8Array());
  return Array.from({ length: section?.count ?? 0 }, () => {
    reader.take(reader.number());
    reader.take(reader.number());
    reader.byte();
    return reader.number();
  });
}

function readFunctions(section: Section | undefined): number[] {
  const reader = readModule(section?.items ?? new Uint8Array());
  return Array.from({ length: section?.count ?? 0 }, () => reader.number());
}
