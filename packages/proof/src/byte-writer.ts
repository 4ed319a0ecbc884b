/** Puts a long document together. */
export interface ByteWriter {
  text(text: string): void;
  /** What was written so far, as UTF-8. */
  done(): Uint8Array;
}

const encoder = new TextEncoder();

/** Creates an empty writer. `size` is about how many bytes are expected; more are no fault. */
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
      // A UTF-16 unit is at most three bytes of UTF-8.
      makeRoom(3 * text.length);
      end += encoder.encodeInto(text, buffer.subarray(end)).written;
    },
    done: () => buffer.slice(0, end),
  };
}
