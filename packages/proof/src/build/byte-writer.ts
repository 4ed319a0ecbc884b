/** Assembles a long document from pieces of text. */
export interface ByteWriter {
  text(text: string): void;
  /** Returns the text written so far, as UTF-8. */
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
    const larger = new Uint8Array(Math.max(2 * buffer.length, end + more));
    larger.set(buffer);
    buffer = larger;
  };
  return {
    text(text) {
      // A UTF-16 unit takes at most three bytes of UTF-8.
      makeRoom(3 * text.length);
      end += encoder.encodeInto(text, buffer.subarray(end)).written;
    },
    done: () => buffer.slice(0, end),
  };
}
