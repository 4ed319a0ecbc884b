/**
 * Whether two byte strings are the same. Not in constant time, since only public bytes are
 * compared.
 */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
