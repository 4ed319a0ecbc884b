/** Returns `value` as `size` bytes, least significant first, as borsh writes integers. */
export function littleEndian(value: bigint | number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = 0; i < size; i++) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

/** Returns the unsigned integer whose bytes, least significant first, are `bytes`. */
export function readLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Returns `text` in UTF-8 behind its length in bytes as u32: borsh's form of a string. */
export function borshString(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([littleEndian(bytes.length, 4), bytes]);
}
