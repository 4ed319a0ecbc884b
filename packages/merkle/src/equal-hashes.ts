/** Whether two hashes have the same length and the same bytes. An undefined hash equals none. */
export function equalHashes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}
