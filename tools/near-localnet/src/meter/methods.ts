import { readModule } from "./module-reader.ts";
import type { Section } from "./sections.ts";
import type { Signature, Signatures } from "./signatures.ts";

const EXPORT = 7;
const FUNCTION_KIND = 0;

/**
 * Returns the exported functions by name, and whether each is a method: takes and returns nothing.
 */
export function listMethods(
  sections: ReadonlyMap<number, Section>,
  { imported, own }: Signatures,
): ReadonlyMap<string, boolean> {
  const functions = [...imported, ...own];
  const reader = readModule(sections.get(EXPORT)?.items ?? new Uint8Array());
  const methods = new Map<string, boolean>();
  for (let left = sections.get(EXPORT)?.count ?? 0; left > 0; left--) {
    const name = Buffer.from(reader.take(reader.number())).toString();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === FUNCTION_KIND) methods.set(name, isMethod(functions[index]));
  }
  return methods;
}

const isMethod = (signature: Signature | undefined): boolean =>
  signature !== undefined && signature.params.length + signature.results.length === 0;
