/** The exit codes of every command. */
export const EXIT = { yes: 0, no: 1, couldNotCheck: 2, usage: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
