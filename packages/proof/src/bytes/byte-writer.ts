/** Assembles a long document from its parts. */
export interface ByteWriter {
  bytes(bytes: Uint8Array): void;
  /** Writes a text as UTF-8. */
  text(text: string): void;
  /** Returns everything written so far. The writer MUST NOT be used afterwards. */
  done(): Uint8Array;
}

const encoder = new TextEncoder();

/**
 * Creates an empty writer. `size` is the expected number of bytes; the buffer grows when needed.
 */
export function createByteWriter(size: number): ByteWriter {
  let buffer = new Uint8Array(size);
  let end = 0;
  const makeRoom = (more: number): void => {
    if (end + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(Math.ceil(1.5 * buffer.length), end + more));
    larger.set(buffer.subarray(0, end));
    buffer = larger;
  };
  const encode = (text: string): number => {
    const { read, written } = encoder.encodeInto(text, buffer.subarray(end));
    end += written;
    return read;
  };
  return {
    bytes(bytes) {
      makeRoom(bytes.length);
      buffer.set(bytes, end);
      end += bytes.length;
    },
    text(text) {
      // Room for ASCII first: three bytes per UTF-16 unit, the most there can be, would triple the
      // memory of a large value.
      makeRoom(text.length);
      const read = encode(text);
      if (read === text.length) return;
      makeRoom(3 * (text.length - read));
      encode(text.slice(read));
    },
    // A copy is made only where the unused part would take more memory than the copy.
    done: () => (2 * end > buffer.length ? buffer.subarray(0, end) : buffer.slice(0, end)),
  };
}
