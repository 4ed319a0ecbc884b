/**
 * The exit codes of every command. `pending`: a proof file agrees with itself, and is not anchored
 * as far as is known.
 */
export const EXIT = { yes: 0, no: 1, couldNotCheck: 2, usage: 3, pending: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
