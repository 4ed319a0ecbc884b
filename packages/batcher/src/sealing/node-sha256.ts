import { hash } from "node:crypto";

/**
 * Computes SHA-256 with Node's own implementation, several times as fast as one in JavaScript. Of
 * all outputs, a text of bytes is the fastest.
 */
export function nodeSha256(data: Uint8Array): Uint8Array {
  const text = hash("sha256", data, "binary");
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
