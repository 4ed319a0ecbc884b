/** Whether two hashes are equal, all 32 bytes of them. */
export function equalHashes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}
