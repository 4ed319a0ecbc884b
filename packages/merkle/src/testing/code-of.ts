/** The code that a call is refused with, or null. What is thrown without one is a fault, and goes on. */
export function codeOf(call: () => unknown): unknown {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return error.code;
    throw error;
  }
}
