import { createReadStream } from "node:fs";

/** Reads a file, but no more than its first `most` bytes. Rejects with the platform's error. */
export async function readAtMost(file: string, most: number): Promise<Uint8Array> {
  const chunks = await Array.fromAsync(createReadStream(file, { end: most - 1 }));
  return Buffer.concat(chunks.map((chunk: Buffer) => chunk));
}
